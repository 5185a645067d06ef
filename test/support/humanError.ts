/** An error whose message is the whole story: it is printed as one sentence, without a stack. */
export class HumanError extends Error {
  override readonly name = 'HumanError';
}

/** What to print for anything that was thrown: the sentence of a {@link HumanError}, else the stack. */
export function describeError(error: unknown): string {
  if (error instanceof HumanError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
