import { randomUUID } from 'node:crypto';
import { ContextBudget, type KnownModel } from '../../src/conversation/contextBudget';
import { Conversation } from '../../src/conversation/conversation';
import { Conversations } from '../../src/conversation/conversations';
import { ConversationSession, type SessionDependencies } from '../../src/conversation/session';
import type { ChatSettings } from '../../src/conversation/ports';
import { createOllamaProvider, type OllamaProvider } from '../../src/server/ollamaProvider';
import type { WorkspaceStore } from '../../src/storage/workspaceStore';
import { OllamaServer } from './ollamaServer/ollamaServer';
import { silentLogger, Workspace } from '../unit/storage/storeFixture';

/** A session with everything real around it: server, client, store; only the time is ours. */
export class Bench {
  readonly server: OllamaServer;
  readonly backend: OllamaProvider;
  readonly workspace: Workspace;
  readonly store: WorkspaceStore;
  readonly known = new Map<string, KnownModel>();
  readonly budget = new ContextBudget({
    logger: silentLogger,
    known: (model) => this.known.get(model),
    remember: (model, known) => this.known.set(model, known),
    contextOf: (model) => this.backend.contextOf(model),
    memoryBytes: () => undefined,
  });
  settings: ChatSettings = { model: 'm', systemPrompt: '', profile: {} };

  private constructor(server: OllamaServer, workspace: Workspace) {
    this.server = server;
    this.workspace = workspace;
    this.store = workspace.window();
    this.backend = createOllamaProvider();
    this.backend.connect(server.url);
  }

  static async start(): Promise<Bench> {
    const server = await OllamaServer.start();
    server.models(['m']);
    server.loaded(['m']);
    return new Bench(server, await Workspace.create());
  }

  get dependencies(): SessionDependencies {
    return {
      chatModel: this.backend,
      store: this.store,
      settings: () => this.settings,
      budget: this.budget,
      clock: this.workspace.clock,
      newId: randomUUID,
      logger: silentLogger,
    };
  }

  session(): ConversationSession {
    return new ConversationSession(new Conversation(randomUUID()), this.dependencies);
  }

  conversations(): Conversations {
    return new Conversations(this.dependencies);
  }

  async close(): Promise<void> {
    this.backend.dispose();
    await this.workspace.remove();
    await this.server.close();
  }
}
