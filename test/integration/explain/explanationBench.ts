import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { Explanations } from '../../../src/explain/explanations';
import type { ExplainThread } from '../../../src/explain/explainThread';
import { toTarget } from '../../../src/explain/explainTarget';
import type { ExplainSettings } from '../../../src/explain/explainDialogue';
import type { ExplanationStore } from '../../../src/conversation/ports';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { systemClock } from '../../../src/shared/clock';
import type { ConversationEvent } from '../../../src/shared/turn';
import { createExplanationStore } from '../../../src/storage/explanationFiles';
import { eventually } from '../../support/clock';
import { answer } from '../../support/ollamaServer/scripts';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';
import { silentLogger } from '../../unit/storage/storeFixture';
import { openFile } from '../support/extensionHost';

/** Explanations in a real VS Code, with a scripted server and a store of their own. */
export class ExplanationBench {
  readonly server: OllamaServer;
  readonly continued: { events: readonly ConversationEvent[]; question: string | undefined }[] = [];
  /** The models that have answered. */
  readonly answered: string[] = [];
  settings: ExplainSettings = {
    model: 'm',
    answerLanguage: '',
    profile: {},
    contextTokens: 4096,
    followUps: 'messages',
  };
  explanations: Explanations;
  readonly #folder: TemporaryFolder;
  readonly #backend: OllamaProvider;
  #store: ExplanationStore;

  private constructor(server: OllamaServer, folder: TemporaryFolder) {
    this.server = server;
    this.#folder = folder;
    this.#backend = createOllamaProvider();
    this.#backend.connect(server.url);
    this.#store = this.#openStore();
    this.explanations = this.#open();
  }

  static async start(): Promise<ExplanationBench> {
    const server = await OllamaServer.start();
    server.models(['m']);
    server.loaded(['m']);
    return new ExplanationBench(server, await temporaryFolder('explanations'));
  }

  get stored(): ExplanationStore {
    return this.#store;
  }

  get threads(): readonly ExplainThread[] {
    return [...this.explanations.threads];
  }

  /** Explains these lines of a document, and gives the thread. */
  async explain(
    document: vscode.TextDocument,
    first: number,
    last: number,
  ): Promise<ExplainThread> {
    const before = new Set(this.threads);
    await this.explanations.explain(toTarget(document, new vscode.Range(first, 0, last, 0)));
    const thread = this.threads.find((one) => !before.has(one));
    if (!thread) throw new Error('There is no thread.');
    return thread;
  }

  /** As a reload of the window: everything in memory is gone. */
  async reload(): Promise<void> {
    await this.#store.flush();
    this.explanations.dispose();
    this.#store = this.#openStore();
    this.explanations = this.#open();
    await this.explanations.restore();
  }

  async close(): Promise<void> {
    this.explanations.dispose();
    await this.#store.flush();
    this.#backend.dispose();
    await this.server.close();
    await this.#folder.remove();
  }

  #openStore(): ExplanationStore {
    return createExplanationStore({
      directory: this.#folder.path,
      clock: systemClock,
      newId: randomUUID,
      logger: silentLogger,
    });
  }

  #open(): Explanations {
    return new Explanations({
      explainModel: this.#backend,
      settings: () => this.settings,
      store: this.#store,
      origin: () => this.server.url,
      clock: systemClock,
      logger: silentLogger,
      newId: randomUUID,
      showIn: () => 'editor',
      askInChat: () => Promise.reject(new Error('Nothing belongs into the chat here.')),
      answered: ({ model }) => void this.answered.push(model),
      continueInChat: (events, question) => {
        this.continued.push({ events, question });
        return Promise.resolve();
      },
    });
  }
}

/** Resolves when the answer has ended, however. */
export function ended(thread: ExplainThread): Promise<void> {
  return eventually(() => assert.equal(thread.running, false));
}

/** What the comments of a thread say, as Markdown without the escapes. */
export function texts({ native }: ExplainThread): readonly string[] {
  return native.comments.map(({ body }) =>
    (typeof body === 'string' ? body : body.value).replaceAll(/\\(?=\p{P})/gu, ''),
  );
}

/** The words that say which of its actions a thread offers. */
export function can({ native }: ExplainThread): readonly string[] {
  return (native.contextValue ?? '').split(' ');
}

const code = ['const a = 1;', 'const b = a + 1;', 'export const c = a * b;', ''].join('\n');
let count = 0;

/** Opens a new file, so that no language server knows it yet. */
export function openCode(): Promise<vscode.TextEditor> {
  return openFile(`thread-${count++}.txt`, code);
}

/** A bench for each test, on which explanations are `It adds.` */
export function useExplanations(): {
  readonly bench: ExplanationBench;
  explained(): Promise<[ExplainThread, vscode.TextEditor]>;
} {
  let bench: ExplanationBench | undefined;
  const opened = (): ExplanationBench => {
    assert.ok(bench);
    return bench;
  };
  beforeEach(async () => {
    bench = await ExplanationBench.start();
    bench.server.onGenerate(answer(['It ', 'adds.']));
    bench.server.onChat(answer(['It ', 'adds.']));
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await bench?.close();
  });
  return {
    get bench() {
      return opened();
    },
    /** The second line of {@link openCode}, with its explanation. */
    async explained() {
      const editor = await openCode();
      const thread = await opened().explain(editor.document, 1, 1);
      await ended(thread);
      return [thread, editor];
    },
  };
}
