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

/** The host offers Continue where an answer is not whole; the menu offers the same. */
function canGoOn(buttons: readonly { readonly action: string }[]): boolean {
  return buttons.some(({ action }) => action === 'continue');
}
