import {
  ModelFailure,
  type ChatModel,
  type ExplainModel,
  type InstalledModel,
  type ModelEnd,
  type ModelEvent,
  type ModelLibrary,
  type ModelPhase,
  type RequestProfile,
} from './conversation/ports';
import { OllamaClient } from './ollama/client';
import { displayOrigin, parseEndpoint } from './ollama/endpoint';
import { OllamaError, type OllamaErrorKind } from './ollama/errors';
import type { ChatEvent, PhaseEvent, StreamEnd } from './ollama/events';
import type { ModelOptions, TagsModel } from './ollama/wire';
import type { Failure, FailureKind } from './shared/turn';

/** Beside composition.ts the one file that knows which server answers. */

/** A kind that the client learns does not compile until the domain has a name for it. */
const failureKindOf = {
  unreachable: 'unreachable',
  refused: 'refused',
  dns: 'dns',
  tls: 'tls',
  proxy: 'proxy',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  modelMissing: 'modelMissing',
  contextOverflow: 'contextOverflow',
  outOfMemory: 'outOfMemory',
  unsupportedThink: 'unsupportedThink',
  unsupportedTools: 'unsupportedTools',
  unsupportedImages: 'unsupportedImages',
  unsupportedChat: 'unsupportedChat',
  busy: 'busy',
  gatewayTimeout: 'gatewayTimeout',
  redirect: 'redirect',
  protocol: 'protocol',
  truncated: 'truncated',
  server: 'server',
  cancelled: 'server',
} as const satisfies Record<OllamaErrorKind, FailureKind>;

export interface OllamaBackend extends ChatModel, ExplainModel, ModelLibrary {
  /** The address as it may be shown: without credentials. */
  readonly origin: string;
  /** From now on this address is asked; what is running there goes on at the old one. */
  connect(address: string): void;
  dispose(): void;
}

/** What is wrong with an address, in a sentence; undefined when it is a good one. */
export function addressProblem(address: string): string | undefined {
  try {
    parseEndpoint(address, {});
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The domain's ports, joined to Ollama. An empty address means `OLLAMA_HOST`, else this machine. */
export function createOllamaBackend(): OllamaBackend {
  const open = (address: string): { client: OllamaClient; origin: string } => {
    const endpoint = parseEndpoint(address, process.env);
    return { client: new OllamaClient({ endpoint }), origin: displayOrigin(endpoint) };
  };
  let current = open('');
  /** Bytes of each model, from the last list: said while a model loads. */
  const sizes = new Map<string, number>();
  const failing = async <T>(ask: (client: OllamaClient) => Promise<T>): Promise<T> => {
    const { client, origin } = current;
    try {
      return await ask(client);
    } catch (error) {
      throw error instanceof OllamaError
        ? new ModelFailure(failureOf(error, origin), error)
        : error;
    }
  };
  return {
    get origin() {
      return current.origin;
    },
    connect(address) {
      current.client.dispose();
      current = open(address);
    },
    chat({ model, messages, profile, think }, signal) {
      const request = {
        model,
        messages,
        ...(think === undefined ? {} : { think }),
        ...loadFields(profile),
      };
      return modelEvents(current.client.chat(request, { signal }), {
        origin: current.origin,
        sizeBytes: sizes.get(model),
      });
    },
    generate({ model, prompt, system, context, profile }, signal) {
      const request = {
        model,
        prompt,
        ...(system === undefined ? {} : { system }),
        ...(context === undefined ? {} : { context }),
        ...loadFields(profile),
      };
      return modelEvents(current.client.generate(request, { signal }), {
        origin: current.origin,
        sizeBytes: sizes.get(model),
      });
    },
    installed: (signal) =>
      failing(async (client) => {
        const { models } = await client.tags(signal === undefined ? {} : { signal });
        for (const { name, size } of models) sizes.set(name, size);
        return models.map(installedModel);
      }),
    dispose: () => current.client.dispose(),
  };
}

function loadFields({ contextLength, keepAlive, temperature }: RequestProfile): {
  keep_alive?: string | number;
  options?: ModelOptions;
} {
  const options: ModelOptions = {
    ...(contextLength === undefined ? {} : { num_ctx: contextLength }),
    ...(temperature === undefined ? {} : { temperature }),
  };
  return {
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

interface Asked {
  readonly origin: string;
  readonly sizeBytes: number | undefined;
}

async function* modelEvents(
  events: AsyncIterable<ChatEvent>,
  { origin, sizeBytes }: Asked,
): AsyncGenerator<ModelEvent> {
  for await (const event of events) {
    switch (event.type) {
      case 'delta':
        yield { type: 'delta', answer: event.content, thinking: event.thinking };
        break;
      case 'phase':
        // The text that ends a silence is itself the news.
        if (event.phase !== 'resumed') yield phaseEvent(event.phase, event.probe, sizeBytes);
        break;
      case 'end':
        yield { type: 'end', end: modelEnd(event.end, origin) };
        break;
      case 'retry':
        yield { type: 'phase', phase: 'queued' };
        break;
      case 'downgraded':
        break;
    }
  }
}

function phaseEvent(
  phase: ModelPhase,
  probe: PhaseEvent['probe'],
  sizeBytes: number | undefined,
): ModelEvent {
  return {
    type: 'phase',
    phase,
    ...(probe === undefined ? {} : { probe }),
    ...(phase !== 'loading' || sizeBytes === undefined ? {} : { sizeBytes }),
  };
}

function modelEnd(end: StreamEnd, origin: string): ModelEnd {
  switch (end.kind) {
    case 'done': {
      const { metrics, context } = end;
      const reason = end.reason === 'length' ? 'length' : 'stop';
      return { kind: 'done', reason, metrics, ...(context === undefined ? {} : { context }) };
    }
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'truncated':
      return { kind: 'truncated', failure: failureOf(end.error, origin) };
    case 'serverError':
    case 'transportError':
      return { kind: 'failed', failure: failureOf(end.error, origin) };
  }
}

function failureOf(error: OllamaError, origin: string): Failure {
  const { status, promptTokens, contextLength } = error;
  return {
    kind: failureKindOf[error.kind],
    message: error.message,
    origin,
    ...(status === undefined ? {} : { status }),
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(contextLength === undefined ? {} : { contextLength }),
  };
}

function installedModel(model: TagsModel): InstalledModel {
  const { name, size, details, capabilities } = model;
  const { parameter_size, quantization_level, context_length } = details;
  return {
    name,
    size,
    cloud: model.remote_host !== undefined || /[:-]cloud$/u.test(name),
    ...(parameter_size === undefined ? {} : { parameterSize: parameter_size }),
    ...(quantization_level === undefined ? {} : { quantization: quantization_level }),
    ...(context_length === undefined ? {} : { contextLength: context_length }),
    ...(capabilities === undefined ? {} : { capabilities }),
  };
}
