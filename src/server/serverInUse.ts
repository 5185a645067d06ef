import type { ModelContext } from '../conversation/contextLength';
import {
  type BoundServer,
  type ChatPrompt,
  getFailure,
  type ModelList,
  type ModelAdmin,
  type ModelEvent,
  ModelFailure,
  type ModelServer,
  type ServedModels,
  type ServerIdentity,
} from '../conversation/ports';
import { toChatPrompt } from '../conversation/prompt';
import type { FailureKind } from '../shared/turn';
import { resolveAddress } from './serverAddress';
import {
  chooseServer,
  openOllama,
  openOpenai,
  type Provider,
  type ServerApi,
  type ServerChoice,
  type ServerPlace,
  type ServerSetting,
} from './serverChoice';
import { findOllamaBase } from '../openai/apiBase';
import type { ServerAccess } from './serverLink';

/** What was found out about an address. */
export interface KnownServer {
  readonly api: ServerApi;
  readonly path?: string;
}

/** Remembers what was found out about addresses. */
export interface KnownServers {
  get(origin: string): KnownServer | undefined;
  set(origin: string, known: KnownServer | undefined): void;
}

/** How the list of another program, or of one that has changed, fails. */
const otherProgram: ReadonlySet<FailureKind> = new Set(['protocol', 'server', 'redirect']);

/**
 * The server at the address that is set, whichever API it speaks. Which one is found out with the first request
 * and remembered; a server that answers as another program is looked at again.
 */
export class ServerInUse implements ModelServer {
  readonly #access: ServerAccess;
  readonly #known: KnownServers;
  #current: CurrentServer;

  constructor(access: ServerAccess, known: KnownServers) {
    this.#access = access;
    this.#known = known;
    this.#current = new CurrentServer('', 'auto', access, known);
  }

  /** New requests go to this address. Running requests continue at the old one. */
  connect(address: string, setting: ServerSetting): void {
    this.#current.dispose();
    this.#current = new CurrentServer(address, setting, this.#access, this.#known);
  }

  get origin(): string {
    return this.#current.origin;
  }

  /** Which API the server speaks; undefined while nothing is known. */
  get api(): ServerApi | undefined {
    return this.#current.api;
  }

  get admin(): ModelAdmin {
    return this.#current.provider?.admin ?? {};
  }

  get takesLoadOptions(): boolean {
    return this.#current.provider?.takesLoadOptions ?? true;
  }

  /** Absent where the server is known not to have it. */
  get generate(): ServedModels['generate'] {
    return this.#current.bind().generate;
  }

  chat(prompt: ChatPrompt, signal: AbortSignal): AsyncIterable<ModelEvent> {
    return this.#current.bind().chat(prompt, signal);
  }

  installed(signal?: AbortSignal): Promise<ModelList> {
    return this.#current.installed(signal);
  }

  async identify(): Promise<ServerIdentity> {
    return (await this.#current.choose()).identify();
  }

  async contextOf(model: string): Promise<ModelContext> {
    try {
      return await (await this.#current.choose()).contextOf(model);
    } catch (error) {
      if (getFailure(error)) return {};
      throw error;
    }
  }

  bind(): BoundServer {
    return this.#current.bind();
  }

  dispose(): void {
    this.#current.dispose();
  }
}

/** One address, from the first question to its server until another address is set. */
class CurrentServer {
  readonly origin: string;
  readonly #place: ServerPlace | undefined;
  readonly #setting: ServerSetting;
  readonly #known: KnownServers;
  #provider: Provider | undefined;
  #api: ServerApi | undefined;
  #choosing: Promise<ServerChoice> | undefined;

  constructor(address: string, setting: ServerSetting, access: ServerAccess, known: KnownServers) {
    const { origin, endpoint } = resolveAddress(address);
    this.origin = origin;
    this.#setting = setting;
    this.#known = known;
    this.#place = endpoint && { address, endpoint, access };
    if (!this.#place) this.#use('ollama', openOllama({ address, access }));
    else this.#open(this.#place);
  }

  get provider(): Provider | undefined {
    return this.#provider;
  }

  get api(): ServerApi | undefined {
    return this.#api;
  }

  /** The server as it is known, or as the first question to it shows. Rejects with a `ModelFailure`. */
  async choose(): Promise<Provider> {
    return this.#provider ?? (await this.#find()).provider;
  }

  async installed(signal: AbortSignal | undefined): Promise<ModelList> {
    const provider = this.#provider;
    if (!provider) {
      const { models, provider: found } = await this.#find();
      return models ?? found.installed(signal);
    }
    try {
      return await provider.installed(signal);
    } catch (error) {
      const { kind } = getFailure(error) ?? {};
      if (kind === undefined || !otherProgram.has(kind) || !this.#isOpen) throw error;
      return this.#findAgain(signal);
    }
  }

  /** While nothing is known, `generate` is there, and asks by chat where the server turns out not to have it. */
  bind(): BoundServer {
    if (this.#provider) return this.#provider.bind();
    return {
      origin: this.origin,
      locate: async (model, signal) => (await this.choose()).bind().locate(model, signal),
      chat: (...request) => this.#ask((server) => server.chat(...request)),
      generate: (prompt, signal, onRemote) =>
        this.#ask((server) =>
          server.generate
            ? server.generate(prompt, signal, onRemote)
            : server.chat(toChatPrompt(prompt), signal, onRemote),
        ),
    };
  }

  dispose(): void {
    this.#provider?.dispose();
  }

  /** Whether another API can be meant: the address is the user's, and the setting leaves it open. */
  get #isOpen(): boolean {
    return this.#setting === 'auto' && this.#place !== undefined && this.#place.address !== '';
  }

  #open(place: ServerPlace): void {
    const known = this.#known.get(this.origin);
    if (this.#setting === 'openai' && known?.api !== 'openai') return;
    const isOllama = this.#setting === 'ollama' || place.address === '';
    if (known?.api === 'ollama') this.#use('ollama', openOllama(place, known.path));
    else if (isOllama) {
      // A route of Ollama's that was copied with the address is found out with the first request.
      if (findOllamaBase(place.endpoint) === undefined) this.#use('ollama', openOllama(place));
    } else if (known) this.#use('openai', openOpenai(place, known.path));
  }

  #use(api: ServerApi, provider: Provider): void {
    this.#provider = provider;
    this.#api = api;
  }

  async *#ask(
    start: (server: BoundServer) => AsyncIterable<ModelEvent>,
  ): AsyncGenerator<ModelEvent> {
    try {
      yield* start((await this.choose()).bind());
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      yield { type: 'end', end: { kind: 'failed', failure: error.failure } };
    }
  }

  /** All that ask at the same time wait for one answer; after a failure the next one asks again. */
  #find(): Promise<ServerChoice> {
    this.#choosing ??= this.#look().finally(() => (this.#choosing = undefined));
    return this.#choosing;
  }

  async #look(): Promise<ServerChoice> {
    if (!this.#place) throw new ModelFailure({ kind: 'invalidAddress', message: '' });
    const choice = await chooseServer(this.#place, this.#setting);
    const { api, path, provider } = choice;
    this.#use(api, provider);
    this.#known.set(this.origin, path === undefined ? { api } : { api, path });
    return choice;
  }

  async #findAgain(signal: AbortSignal | undefined): Promise<ModelList> {
    this.#provider?.dispose();
    this.#provider = undefined;
    this.#known.set(this.origin, undefined);
    const { models, provider } = await this.#find();
    return models ?? provider.installed(signal);
  }
}
