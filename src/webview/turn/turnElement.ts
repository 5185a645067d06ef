import type { FixAction, FromWebview, TurnView } from '../../shared/protocol';

/** What a reader can do with a turn. */
export type TurnRequest = Extract<FromWebview, { turnId: string | null }>;

export interface TurnActions {
  readonly onRequest: (request: TurnRequest) => void;
  readonly onFix: (action: FixAction, turnId: string) => void;
  readonly onCopy: (text: string) => void;
  /** An answer is shown to its end. */
  readonly onShown: (answer: HTMLElement) => void;
  /** Shows what is sent of an attachment. */
  readonly onPreview: (attachmentId: string) => void;
  /** What somebody was writing in place of a message. */
  readonly editOf: (turnId: string) => string | undefined;
  /** Undefined: it is edited no more. */
  readonly onEdit: (turnId: string, text: string | undefined) => void;
  readonly onThinkingToggled: (turnId: string, isOpen: boolean) => void;
}

/** A turn as it is shown. */
export interface TurnElement {
  readonly element: HTMLElement;
  /** Draws what is new while `hasTime`; returns whether work is left. */
  readonly advance: (hasTime: () => boolean) => boolean;
  /** What can be copied where the context menu is opened. */
  readonly copiesAt: (place: Element) => Copies;
}

/**
 * What VS Code reads from `data-vscode-context` where its context menu is opened: the keys that the
 * menu entries in package.json ask for, and what their commands are called with.
 */
export function createMenuContext(turn: TurnView): string {
  const isAnswer = turn.role === 'assistant';
  return JSON.stringify({
    webviewSection: isAnswer ? 'answer' : 'message',
    turnId: turn.id,
    criaCutOff: isAnswer && canContinue(turn.notice?.buttons ?? []),
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
export function addCopyContext(turn: HTMLElement, copies: Copies): void {
  const context = JSON.parse(turn.dataset['vscodeContext'] ?? '{}') as object;
  turn.dataset['vscodeContext'] = JSON.stringify({ ...context, ...copies });
}

/** The host offers Continue where an answer is not whole; the menu offers the same. */
function canContinue(buttons: readonly { readonly action: string }[]): boolean {
  return buttons.some(({ action }) => action === 'continue');
}
