import type { TurnView } from '../../shared/protocol';

/**
 * What VS Code reads from `data-vscode-context` where its context menu is opened: the keys that the
 * menu entries in package.json ask for, and what their commands are called with.
 */
export function menuContext(turn: TurnView): string {
  const isAnswer = turn.role === 'assistant';
  return JSON.stringify({
    webviewSection: isAnswer ? 'answer' : 'message',
    turnId: turn.id,
    criaCutOff: isAnswer && canGoOn(turn.notice?.buttons ?? []),
    preventDefaultContextMenuItems: false,
  });
}

/** What can be copied where the menu is opened. */
export interface Copies {
  /** The whole message as a reader sees it, and as it was written. */
  readonly criaText: string;
  readonly criaMarkdown: string;
  /** The source of the block there, or of the blocks that are selected. */
  readonly criaBlock?: string;
  readonly criaCode?: string;
}

/** Adds to what `turn` says to the menu what can be copied there. */
export function addCopies(turn: HTMLElement, copies: Copies): void {
  const context = JSON.parse(turn.dataset['vscodeContext'] ?? '{}') as object;
  turn.dataset['vscodeContext'] = JSON.stringify({ ...context, ...copies });
}

/** The host offers Continue where an answer is not whole; the menu offers the same. */
function canGoOn(buttons: readonly { readonly action: string }[]): boolean {
  return buttons.some(({ action }) => action === 'continue');
}
