import type { PlanDetails as Details } from './contextDetails';

export type PlanDetails = Details;

/** What can be done when a conversation grows too long. */
export interface PlanActions {
  /** What is attached to the message: names and what they are told apart by. */
  readonly attached: () => readonly { readonly id: string; readonly label: string }[];
  readonly onDetach: (attachmentId: string) => void;
  /** The last message that was said; undefined: there is nothing before it to forget. */
  readonly lastSaid: () => string | undefined;
  readonly onForget: (turnId: string | null) => void;
  readonly onStartAnew: () => void;
  readonly onRaise: () => void;
  /** As of moveFocus.ts, which only one bundle may have: it remembers what gets the focus next. */
  readonly moveFocus: (element: HTMLElement) => void;
}

/** The details are a bundle of their own, fetched when somebody first opens them. */
export async function loadPlanDetails(): Promise<typeof Details> {
  return (await import('./contextDetails')).PlanDetails;
}
