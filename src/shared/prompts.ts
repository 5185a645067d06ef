/** The commands that write a prompt into the message, each a field of the setting `cria.prompts`. */
export const promptCommands = ['explain', 'fix', 'tests', 'document'] as const;
export type PromptCommand = (typeof promptCommands)[number];

/** A prompt as it is offered behind a slash; choosing it writes `text` into the message. */
export interface PromptView {
  /** What is typed behind the slash. */
  readonly name: string;
  readonly text: string;
  /** Whose it is. */
  readonly from: 'cria' | 'person' | 'folder';
}
