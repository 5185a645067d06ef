import {
  type BoundServer,
  type ExplainPrompt,
  type Logger,
  type ModelEnd,
  type ModelEvent,
  ModelFailure,
  type OnRemote,
  type ServedModels,
} from '../conversation/ports';
import type { Failure, FailureKind } from '../shared/turn';

export interface ConsentingModelsOptions {
  /** The server that is set when a request starts. */
  readonly bind: () => BoundServer;
  /** Whether the user has allowed that the model at this address runs elsewhere. */
  readonly mayLeave: (model: string, origin: string) => boolean;
  /** Whether the user has allowed the public server at this address. */
  readonly mayUseServer: (origin: string) => boolean;
  /** An answer failed because the server cannot be had. */
  readonly onUnreachable: () => void;
  /** An answer came to its good end. */
  readonly onAnswer: (what: 'chat' | 'generate', model: string) => void;
  readonly logger: Logger;
}

const unreachable: ReadonlySet<FailureKind> = new Set([
  'unreachable',
  'refused',
  'dns',
  'tls',
  'proxy',
]);

/**
 * The models as chat and explanations may ask them: nothing is sent to a model before it is known to run on the
 * server, or the user has agreed that it runs elsewhere. The check, the consent and the request are all about the
 * server that is set when the request starts. Every request leaves a line in the log, and every failure a line at
 * the default level. Texts are logged at trace level only.
 */
export function createConsentingModels(options: ConsentingModelsOptions): ServedModels {
  const { bind } = options;
  return {
    chat: (prompt, signal) => {
      const server = bind();
      return ask(options, { what: 'chat', prompt, server, signal }, (onRemote) =>
        server.chat(prompt, signal, onRemote),
      );
    },
    /** Whether the server can changes with its address. */
    get generate() {
      const server = bind();
      const { generate } = server;
      if (!generate) return undefined;
      return (prompt: ExplainPrompt, signal: AbortSignal) =>
        ask(options, { what: 'generate', prompt, server, signal }, (onRemote) =>
          generate(prompt, signal, onRemote),
        );
    },
  };
}

interface Question {
  readonly what: 'chat' | 'generate';
  readonly prompt: { readonly model: string };
  readonly server: BoundServer;
  readonly signal: AbortSignal;
}

async function* ask(
  { mayLeave, mayUseServer, onUnreachable, onAnswer, logger }: ConsentingModelsOptions,
  { what, prompt, server, signal }: Question,
  start: (onRemote: OnRemote) => AsyncIterable<ModelEvent>,
): AsyncGenerator<ModelEvent> {
  const { model } = prompt;
  const { origin } = server;
  const finish = (end: ModelEnd): ModelEvent => {
    if ('failure' in end)
      logger.warn(`${what} ${model}: ${end.kind} (${describeFailure(end.failure)})`);
    else logger.debug(`${what} ${model}: ${end.kind}`);
    if (end.kind === 'done') onAnswer(what, model);
    if (end.kind === 'failed' && unreachable.has(end.failure.kind)) onUnreachable();
    return { type: 'end', end };
  };
  logger.debug(`${what} ${model} at ${origin}`);
  logger.trace('Asked:', prompt);
  const mayRunElsewhere = mayLeave(model, origin);
  const failure = mayRunElsewhere
    ? undefined
    : await findObstacle({ server, mayUseServer }, model, signal);
  if (signal.aborted || failure) {
    yield finish(failure && !signal.aborted ? { kind: 'failed', failure } : { kind: 'cancelled' });
    return;
  }
  let remoteHost: string | undefined;
  for await (const event of start((host) => (remoteHost = host))) {
    if (remoteHost !== undefined && !mayRunElsewhere) {
      const kind = 'answeredElsewhere';
      yield finish({ kind: 'failed', failure: { kind, message: remoteHost, origin } });
      // Leaving the loop closes the connection.
      return;
    }
    yield event.type === 'end' ? finish(event.end) : event;
  }
}

/** Why nothing may be sent to the model; undefined if it runs on the server, and the user may use that. */
async function findObstacle(
  {
    server,
    mayUseServer,
  }: Pick<ConsentingModelsOptions, 'mayUseServer'> & Pick<Question, 'server'>,
  model: string,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { origin } = server;
  try {
    const location = await server.locate(model, signal);
    if (location === 'server') return undefined;
    if (location === 'publicServer' && mayUseServer(origin)) return undefined;
    const failure = { kind: 'cloudConsent', message: '', origin } as const;
    return location === 'cloud' ? failure : { ...failure, server: '' };
  } catch (error) {
    if (error instanceof ModelFailure) return { ...error.failure, origin };
    return { kind: 'internal', message: String(error), origin };
  }
}

/** A failure as it is logged: its kind, its status and the message of the server or the system. */
export function describeFailure({ kind, status, message }: Failure): string {
  return [kind, status, message].filter((part) => part !== undefined && part !== '').join(', ');
}
