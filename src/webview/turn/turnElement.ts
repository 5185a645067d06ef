import type { FromWebview, TurnView } from '../../shared/protocol';

export interface TurnActions {
  readonly post: (message: FromWebview) => void;
  /** Sends an edited message; the form stays open until the host has accepted it. */
  readonly onResend: (turnId: string, text: string) => void;
  readonly onCopy: (text: string) => void;
  /** A finished answer is completely drawn. */
  readonly onShown: (answer: HTMLElement) => void;
  /** The message that a turn answers. */
  readonly getQuestion: (turnId: string) => string;
  /** The unsent edit of a message. */
  readonly getEdit: (turnId: string) => string | undefined;
  /** @param text of the edit; undefined: the edit has ended */
  readonly onEdit: (turnId: string, text: string | undefined) => void;
  readonly onThinkingToggled: (turnId: string, isOpen: boolean) => void;
}

export interface TurnElement {
  readonly element: HTMLElement;
  /** Draws new content while `hasTime` returns true; returns whether work is left. */
  readonly advance: (hasTime: () => boolean) => boolean;
  /** What the context menu at `place` can copy. */
  readonly getCopies: (place: Element) => Copies;
}

/**
 * The value of `data-vscode-context`: VS Code uses it for the `when` clauses of the menu entries in
 * package.json and passes it to their commands.
 */
export function createMenuContext(turn: TurnView): string {
  const isAnswer = turn.role === 'assistant';
  return JSON.stringify({
    webviewSection: isAnswer ? 'answer' : 'message',
    turnId: turn.id,
    criaCutOff: isAnswer && canContinue(turn.notice?.buttons ?? []),
    criaContextStart: !isAnswer && turn.isContextStart === true,
    preventDefaultContextMenuItems: false,
  });
}

export interface Copies {
  /** The whole message as displayed, and its Markdown source. */
  readonly criaText: string;
  readonly criaMarkdown: string;
  /** The Markdown source of the block at that place, or of the selected blocks. */
  readonly criaBlock?: string;
  readonly criaCode?: string;
}

/** Adds `copies` to the menu context of `turn`. */
export function addCopyContext(turn: HTMLElement, copies: Copies): void {
  const context = JSON.parse(turn.dataset['vscodeContext'] ?? '{}') as object;
  turn.dataset['vscodeContext'] = JSON.stringify({ ...context, ...copies });
}

/** The host offers Continue if an answer is incomplete; the menu offers it in the same cases. */
function canContinue(buttons: readonly { readonly action: string }[]): boolean {
  return buttons.some(({ action }) => action === 'continue');
}
