import type { Clock } from '../shared/clock';
import { type CodeBlock, parseCodeBlocks } from '../shared/markdown/codeBlocks';
import type { CodeAction } from '../shared/protocol';
import type { Commands } from '../ui/commands';
import type { Disposable } from '../ui/disposables';
import type { FocusReturn } from '../ui/dialogs';
import {
  type ApplyParts,
  applyToFile,
  insertAtCursor,
  newFile,
  replaceSelection,
  insertIntoTerminal,
} from './applyBlock';
import { ChangePreviews } from './changePreviews';
import { FileAndSymbolLinks } from './fileAndSymbolLinks';

/** Takes code and names out of answers into the editor. Nothing is written that was not shown. */
export class BlockActions implements Disposable {
  readonly commands = {
    'cria.applyChange': (at) => this.decide(at, true),
    'cria.discardChange': (at) => this.decide(at, false),
    // For the title of the editor: VS Code draws the keys of a command below its words, outside the bar.
    'cria.applyShownChange': (at) => this.decide(at, true),
    'cria.discardShownChange': (at) => this.decide(at, false),
  } satisfies Commands<
    'cria.applyChange' | 'cria.discardChange' | 'cria.applyShownChange' | 'cria.discardShownChange'
  >;
  readonly names: FileAndSymbolLinks;
  readonly #previews: ChangePreviews;
  readonly #parts: ApplyParts;
  readonly #table: Record<CodeAction, (block: CodeBlock) => Promise<void>> = {
    insert: ({ text }) => insertAtCursor(text),
    replace: ({ text }) => replaceSelection(text, this.#previews),
    apply: (block) => applyToFile(block, this.#parts),
    newFile: (block) => newFile(block, this.#parts),
    terminal: ({ text }) => insertIntoTerminal(text),
  };

  /** @param scheme of proposed texts: VS Code takes one provider for each */
  constructor(clock: Clock, focusReturn: FocusReturn, scheme?: string) {
    this.#previews = new ChangePreviews(scheme);
    this.#parts = { previews: this.#previews, focusReturn, clock };
    this.names = new FileAndSymbolLinks(clock);
  }

  /** @param answer the whole text of the answer; @param index of the block in it, from 0 */
  async act(action: CodeAction, answer: string, index: number): Promise<void> {
    const block = parseCodeBlocks(answer)[index];
    if (block) await this.#table[action](block);
  }

  /** For the preview `at`, one of its changes, or the preview that is shown. */
  async decide(at: unknown, isAccepted: boolean): Promise<void> {
    await this.#previews.decide(at, isAccepted);
  }

  dispose(): void {
    this.#previews.dispose();
  }
}
