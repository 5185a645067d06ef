import type { Clock } from '../conversation/ports';
import type { CodeAction } from '../shared/codeActions';
import type { Asking } from '../ui/focusReturn';
import type { Disposable } from '../ui/disposables';
import { ChangePreviews } from './changePreviews';
import { codeBlocks, type CodeBlock } from './codeBlocks';
import { insertAtCursor, replaceSelection } from './intoEditor';
import { applyToFile, newFile } from './intoFile';
import { toTerminal } from './intoTerminal';
import { WorkspaceNames } from './fileAndSymbolLinks';

/** Takes code and names out of answers into the editor. Nothing is written that was not shown. */
export class BlockActions implements Disposable {
  readonly names: WorkspaceNames;
  readonly #asking: Asking;
  readonly #previews = new ChangePreviews();
  readonly #table: Record<CodeAction, (block: CodeBlock) => Promise<void>> = {
    insert: ({ text }) => insertAtCursor(text),
    replace: ({ text }) => replaceSelection(text, this.#previews),
    apply: (block) => applyToFile(block, this.#previews),
    newFile: (block) => newFile(block, this.#previews, this.#asking),
    terminal: ({ text }) => toTerminal(text),
  };

  constructor(clock: Clock, asking: Asking) {
    this.#asking = asking;
    this.names = new WorkspaceNames(clock);
  }

  /** @param answer the whole text of the answer; @param index of the block in it, from 0 */
  async act(action: CodeAction, answer: string, index: number): Promise<void> {
    const block = codeBlocks(answer)[index];
    if (block) await this.#table[action](block);
  }

  /** For the preview `at`, or the one that is shown. */
  decide(at: unknown, isWanted: boolean): void {
    this.#previews.decide(at, isWanted);
  }

  dispose(): void {
    this.#previews.dispose();
  }
}
