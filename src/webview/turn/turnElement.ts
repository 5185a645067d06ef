import type { FixAction, FromWebview } from '../../shared/protocol';
import type { Copies } from './menuContext';

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
