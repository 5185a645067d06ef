/** How much the model can see at once, in tokens, and how that is known. */
export interface ContextLimit {
  readonly tokens: number;
  /** Said by the server for the loaded model, set by the person, or the server's usual default. */
  readonly source: 'allocated' | 'configured' | 'assumed';
}

/** What the next message would send, in estimated tokens, before anything is sent. */
export interface PlanView {
  readonly limit: ContextLimit;
  readonly system: number;
  /** Earlier messages that are sent, with what was attached to them. */
  readonly history: number;
  /** What is attached to the message that is being written. */
  readonly attachments: number;
  readonly draft: number;
  /** Kept for the answer. */
  readonly room: number;
  /** Earlier messages that are not sent, because they do not fit. */
  readonly leftOut: number;
  /** Earlier messages that are not sent, because the person said so. */
  readonly forgotten: number;
  /** The message alone is longer than the context. */
  readonly isTooLong: boolean;
}
