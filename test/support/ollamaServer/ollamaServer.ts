import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Exchange, type Script } from './exchange';
import { HealthyOllama, type ServerKind, type ServerModel } from './healthyOllama';

interface OllamaServerOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** Serves https with this key and certificate, both PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What it does where a test scripts nothing. Default: a new healthy one. */
  readonly healthy?: HealthyOllama;
}

/**
 * An Ollama on a real socket that does what a test scripts, and otherwise behaves like a healthy one with
 * the models of `models()`.
 *
 *     const server = await OllamaServer.start();
 *     server.onChat(answer(['Hel', 'lo'], { pacing: { gate } }));
 *     ...
 *     await server.close();
 */
export class OllamaServer {
  /** Every request since the start or since `forget()`, in the order of arrival. */
  readonly requests: Exchange[] = [];
  readonly #server: http.Server;
  readonly #scheme: 'http' | 'https';
  readonly #healthy: HealthyOllama;
  readonly #sockets = new Map<Socket, number>();
  readonly #sticky = new Map<string, Script>();
  readonly #queued = new Map<string, Script[]>();
  readonly #watchers = new Set<() => void>();
  readonly #failures: unknown[] = [];
  #connections = 0;

  private constructor(options: OllamaServerOptions) {
    this.#healthy = options.healthy ?? new HealthyOllama();
    const handle = (request: http.IncomingMessage, response: http.ServerResponse) => {
      this.#receive(request, response).catch((error: unknown) => {
        this.#failures.push(error);
        request.socket.destroy();
      });
    };
    this.#scheme = options.tls ? 'https' : 'http';
    this.#server = options.tls
      ? https.createServer(options.tls, handle)
      : http.createServer(handle);
    this.#server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#connections++;
      this.#sockets.set(socket, this.#connections);
      socket.setNoDelay(true);
      // Clients that disconnect midway are what many tests are about; see `clientClosed`.
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: OllamaServerOptions = {}): Promise<OllamaServer> {
    const server = new OllamaServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Such as `http://127.0.0.1:41234`. */
  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `${this.#scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }

  /** How many connections have been accepted. */
  get connections(): number {
    return this.#connections;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Sets the installed models (a name is enough) of the healthy behavior. */
  models(models: readonly (ServerModel | string)[]): void {
    this.#healthy.models = models.map((model) =>
      typeof model === 'string' ? { name: model } : model,
    );
  }

  /** Sets which models `/api/ps` lists as loaded. */
  loaded(names: readonly string[]): void {
    this.#healthy.loaded = names;
  }

  /** Every load so far, also those that another context made. */
  get loads(): readonly { readonly model: string; readonly contextLength: number }[] {
    return this.#healthy.loads;
  }

  /** Sets what `/api/version` says. */
  version(version: string): void {
    this.#healthy.version = version;
  }

  kind(kind: ServerKind): void {
    this.#healthy.kind = kind;
    this.#healthy.version = kind === '0.9' ? '0.9.6' : '0.33.0';
  }

  /** How every chat with an installed model is answered; errors for unknown models stay. */
  onChat(script: Script): void {
    this.#healthy.chat = script;
  }

  /** How every generate with an installed model is answered; errors for unknown models stay. */
  onGenerate(script: Script): void {
    this.#healthy.generate = script;
  }

  /** How every request to `path` (such as `/api/tags`) is answered, whatever its method and body. */
  on(path: string, script: Script): void {
    this.#sticky.set(path, script);
  }

  /** How the next request to `path` is answered; several calls queue up, before `on`. */
  once(path: string, script: Script): void {
    this.#queued.set(path, [...(this.#queued.get(path) ?? []), script]);
  }

  /** Restores the healthy behavior of `path`, or of every path. */
  off(path?: string): void {
    if (path === undefined) {
      this.#sticky.clear();
      this.#queued.clear();
    } else {
      this.#sticky.delete(path);
      this.#queued.delete(path);
    }
  }

  requestsTo(path: string): readonly Exchange[] {
    return this.requests.filter((request) => request.path === path);
  }

  /** Waits for the `count`-th request to `path` since the start or since `forget()`. */
  async received(path: string, count = 1): Promise<Exchange> {
    for (;;) {
      const request = this.requestsTo(path)[count - 1];
      if (request) return request;
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Waits until the client has closed the connection of the `count`-th request to `path`. */
  async clientClosed(path: string, count = 1): Promise<void> {
    const request = await this.received(path, count);
    await request.clientClosed;
  }

  forget(): void {
    this.requests.length = 0;
  }

  /** Resets every open connection, as a server that is killed, and keeps listening. */
  dropConnections(): void {
    for (const socket of this.#sockets.keys()) socket.resetAndDestroy();
  }

  /** Stops listening and closes every connection; throws what a script threw. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
    if (this.#failures.length > 0)
      throw new AggregateError(this.#failures, 'A server script failed.');
  }

  async #receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces).toString('utf8');
    const connection = this.#sockets.get(request.socket) ?? 0;
    const exchange = new Exchange(request, response, body, connection);
    this.requests.push(exchange);
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const tell of watchers) tell();
    const path = exchange.path;
    const script =
      this.#queued.get(path)?.shift() ?? this.#sticky.get(path) ?? this.#healthy.route(exchange);
    await script(exchange);
  }
}
