import { type ModelEnd, type ModelEvent, ModelFailure, type OnRemote } from '../conversation/ports';
import { defined } from '../shared/defined';
import type { Endpoint } from '../http/endpoint';
import { ServerError, toInternalError } from '../http/serverError';
import type { ChatEvent, PhaseEvent, StreamEnd } from '../http/streamEvents';
import type { Failure } from '../shared/turn';
import { resolveAddress } from './serverAddress';

/** What joins any client to the domain's ports: its errors become failures, its events the domain's. */

/** Headers of the person's own for a server, by its address as it may be shown. */
export type HeadersFor = (origin: string) => Promise<Readonly<Record<string, string>>>;

/** Takes the first characters of an answer that is none of Ollama's: they may be a model's words. */
export type LogExcerpt = (excerpt: string) => void;

/** What every server is asked with. */
export interface ServerAccess {
  readonly headersFor: HeadersFor;
  readonly logExcerpt: LogExcerpt;
  /** Takes a line for the log that the user may want to know of. */
  readonly log?: (message: string) => void;
}

/** One server as it is asked, and what is known of it. */
export interface ServerLink<Client> extends ServerAccess {
  readonly client: Promise<Client>;
  readonly origin: string;
  /** Of a server that is not Ollama: the name of the program, and `''` while it is unknown. */
  readonly programName?: () => string;
  /** The version of Ollama, once it is known. */
  readonly programVersion?: () => string | undefined;
}

/** Opens no connection: the client does with its first request. An invalid address fails each request. */
export function openLink<Client>(
  address: string,
  access: ServerAccess,
  createClient: (endpoint: Endpoint, headers: Readonly<Record<string, string>>) => Client,
): ServerLink<Client> {
  const { origin, endpoint, problem } = resolveAddress(address);
  const connect = async (): Promise<Client> => {
    if (!endpoint) throw new ServerError('invalidAddress', problem);
    const headers = await access.headersFor(origin);
    return createClient(endpoint, headers);
  };
  const client = connect();
  // Reported to each request; without one, the rejection would be unhandled.
  client.catch(() => undefined);
  return { ...access, client, origin };
}

export function closeLink({ client }: ServerLink<{ dispose(): void }>): void {
  client.then(
    (it) => it.dispose(),
    () => undefined,
  );
}

/** Asks the server. Rejects with a `ModelFailure`. */
export async function askLink<Client, T>(
  link: ServerLink<Client>,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    return await use(await link.client);
  } catch (error) {
    if (error instanceof ModelFailure) throw error;
    throw new ModelFailure(toFailure(toInternalError(error), link), error);
  }
}

/** @param sizeBytes of the model, sent while it is loaded */
export async function* modelEvents<Client>(
  link: ServerLink<Client>,
  sizeBytes: number | undefined,
  start: (client: Client) => AsyncIterable<ChatEvent>,
  onRemote?: OnRemote,
): AsyncGenerator<ModelEvent> {
  let client: Client;
  try {
    client = await link.client;
  } catch (error) {
    yield {
      type: 'end',
      end: { kind: 'failed', failure: toFailure(toInternalError(error), link) },
    };
    return;
  }
  for await (const event of start(client)) {
    switch (event.type) {
      case 'delta':
        yield { type: 'delta', answer: event.content, thinking: event.thinking };
        break;
      case 'phase':
        yield phaseEvent(event, sizeBytes);
        break;
      case 'end':
        yield { type: 'end', end: modelEnd(event.end, link) };
        break;
      case 'retry':
        yield { type: 'phase', phase: 'queued', retryMs: event.waitMs };
        break;
      case 'remote':
        onRemote?.(event.host);
        break;
      case 'downgraded':
        link.log?.(`${link.origin} refused ${event.field}. It is not sent to this model again.`);
        break;
    }
  }
}

function phaseEvent({ phase, probe, read }: PhaseEvent, sizeBytes: number | undefined): ModelEvent {
  const size = phase === 'loading' ? sizeBytes : undefined;
  const readPart = read && Math.min(1, read.done / read.total);
  return defined({ type: 'phase', phase, probe, sizeBytes: size, readPart });
}

function modelEnd(end: StreamEnd, link: FailureContext): ModelEnd {
  switch (end.kind) {
    case 'done': {
      const { metrics, context } = end;
      const reason = end.reason === 'length' || end.reason === 'filter' ? end.reason : 'stop';
      return defined({ kind: 'done', reason, metrics, context });
    }
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'truncated':
      return { kind: 'truncated', failure: toFailure(end.error, link) };
    case 'serverError':
    case 'transportError':
      return { kind: 'failed', failure: toFailure(end.error, link) };
  }
}

/** The server that a failure is about. */
type FailureContext = Pick<
  ServerLink<unknown>,
  'origin' | 'logExcerpt' | 'programName' | 'programVersion'
>;

export function toFailure(
  error: ServerError,
  { origin, logExcerpt, programName, programVersion }: FailureContext,
): Failure {
  const { status, promptTokens, contextLength, excerpt, signinUrl, message } = error;
  if (excerpt) logExcerpt(excerpt);
  const kind = error.kind === 'cancelled' ? 'server' : error.kind;
  const about = { origin, server: programName?.(), status, link: signinUrl };
  const version = kind === 'outdatedServer' ? programVersion?.() : undefined;
  return defined({ kind, message, ...about, promptTokens, contextLength, version });
}
