import type { CodeAction } from '../shared/codeActions';

/** What the page's clicks on the code and the names of an answer need. */
export interface AnswerParts {
  /** @param answer the whole text of the answer; @param block its number in it, from 0 */
  act(action: CodeAction, answer: string, block: number): Promise<void>;
  /** Those of `names` that are files or symbols of the workspace. */
  known(names: readonly string[]): Promise<readonly string[]>;
  open(name: string): Promise<void>;
}
