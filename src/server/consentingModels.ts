import {
  type ExplainPrompt,
  type Logger,
  type ModelEnd,
  type ModelEvent,
  ModelFailure,
  type ServedModels,
} from '../conversation/ports';
import type { Failure, FailureKind } from '../shared/turn';

export interface ConsentingModelsOptions {
  readonly models: ServedModels;
  readonly isCloud: (model: string, signal: AbortSignal) => Promise<boolean>;
  readonly mayLeave: (model: string) => boolean;
  readonly origin: () => string;
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
 * The models as chat and explanations may ask them: one that runs elsewhere is sent nothing, not even
 * the question whether it is there, before the person has agreed. Everything asked leaves a line in the
 * log, and every failure a line at the default level. Texts are logged at trace level only.
 */
export function createConsentingModels(options: ConsentingModelsOptions): ServedModels {
  const { models } = options;
  return {
    chat: (prompt, signal) =>
      guarded(options, 'chat', prompt, signal, () => models.chat(prompt, signal)),
    /** Whether the server can changes with its address. */
    get generate() {
      const { generate } = models;
      if (!generate) return undefined;
      return (prompt: ExplainPrompt, signal: AbortSignal) =>
        guarded(options, 'generate', prompt, signal, () => generate(prompt, signal));
    },
  };
}

async function* guarded(
  { isCloud, mayLeave, origin, onUnreachable, onAnswer, logger }: ConsentingModelsOptions,
  what: 'chat' | 'generate',
  prompt: { readonly model: string },
  signal: AbortSignal,
  ask: () => AsyncIterable<ModelEvent>,
): AsyncGenerator<ModelEvent> {
  const { model } = prompt;
  const finish = (end: ModelEnd): ModelEvent => {
    if ('failure' in end)
      logger.warn(`${what} ${model}: ${end.kind} (${describeFailure(end.failure)})`);
    else logger.debug(`${what} ${model}: ${end.kind}`);
    if (end.kind === 'done') onAnswer(what, model);
    if (end.kind === 'failed' && unreachable.has(end.failure.kind)) onUnreachable();
    return { type: 'end', end };
  };
  logger.debug(`${what} ${model} at ${origin()}`);
  logger.trace('Asked:', prompt);
  try {
    if (!mayLeave(model) && (await isCloud(model, signal))) {
      const failure = { kind: 'cloudConsent', message: '', origin: origin() } as const;
      yield finish({ kind: 'failed', failure });
      return;
    }
  } catch (error) {
    // Waiting for a connection a second time tells nothing new; anything else the request tells itself.
    if (error instanceof ModelFailure && error.failure.kind === 'unreachable') {
      yield finish({ kind: 'failed', failure: error.failure });
      return;
    }
    logger.debug(`The list of models could not be had: ${String(error)}`);
  }
  if (signal.aborted) {
    yield finish({ kind: 'cancelled' });
    return;
  }
  for await (const event of ask()) yield event.type === 'end' ? finish(event.end) : event;
}

/** A failure as it is logged: its kind, its status and the message of the server or the system. */
export function describeFailure({ kind, status, message }: Failure): string {
  return [kind, status, message].filter((part) => part !== undefined && part !== '').join(', ');
}
