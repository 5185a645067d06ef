import {
  type ChatModel,
  type ExplainModel,
  type InstalledModel,
  type ModelEnd,
  type ModelEvent,
  ModelFailure,
  type ModelAdmin,
  type ModelLibrary,
  type ModelPhase,
  type PullEnd,
  type PullStep,
  type RequestProfile,
} from '../conversation/ports';
import {
  redactValues,
  ServerError,
  type ServerErrorKind,
  toInternalError,
} from '../http/serverError';
import { fullName, isCloudName, sameModel } from '../ollama/modelName';
import { cacheBytesPerToken, modelProfile } from '../ollama/modelProfile';
import { OllamaClient } from '../ollama/ollamaClient';
import type { ChatEvent, PhaseEvent, StreamEnd } from '../http/streamEvents';
import type { KeepAlive, LoadRequest, ModelOptions, Think } from '../ollama/ollamaApi';
import type { PullEvent } from '../ollama/pull';
import type { TagsModel } from '../ollama/responses';
import { defined } from '../shared/defined';
import type { Failure, FailureKind } from '../shared/turn';
import { resolveAddress } from './serverAddress';

/** The only file besides app.ts that knows which server is used. */

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
  modelCrashed: 'modelCrashed',
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
  invalidAddress: 'invalidAddress',
  internal: 'internal',
} as const satisfies Record<ServerErrorKind, FailureKind>;

export interface OllamaProvider extends ChatModel, ExplainModel, ModelLibrary {
  /** The address as it may be shown: without credentials. */
  readonly origin: string;
  /** Context length that is allocated for the model now. Undefined: not loaded, or not reported. */
  allocated(model: string): Promise<number | undefined>;
  /** New requests go to this address. Running requests continue at the old one. */
  connect(address: string): void;
  /** Whether the model runs elsewhere on the server's behalf. Rejects as `installed` does. */
  isCloud(model: string, signal: AbortSignal): Promise<boolean>;
  /** Asks what the other ports do not. Rejects with a `ModelFailure`. */
  ask<T>(use: (client: OllamaClient) => Promise<T>): Promise<T>;
  failureOf(error: ServerError): Failure;
  dispose(): void;
}

/** Headers of the person's own for a server, by its address as it may be shown. */
export type HeadersFor = (origin: string) => Promise<Readonly<Record<string, string>>>;

/** Takes the first characters of an answer that is none of Ollama's: they may be a model's words. */
export type LogExcerpt = (excerpt: string) => void;

/** The domain's ports, joined to Ollama. An empty address means `OLLAMA_HOST`, else this machine. */
export function createOllamaProvider(
  headersFor: HeadersFor = () => Promise.resolve({}),
  tellStrange: LogExcerpt = () => undefined,
): OllamaProvider {
  let current = open('', headersFor, tellStrange);
  const ask = async <T>(use: (client: OllamaClient) => Promise<T>): Promise<T> => {
    const server = current;
    try {
      return await use(await server.client);
    } catch (error) {
      if (error instanceof ModelFailure) throw error;
      throw new ModelFailure(failureOf(toInternalError(error), server), error);
    }
  };
  const installed = (signal?: AbortSignal): Promise<readonly InstalledModel[]> => {
    const { models } = current;
    return ask(async (client) => {
      const list = (await client.tags({ signal })).models.map(installedModel);
      models.clear();
      for (const model of list) models.set(fullName(model.name), model);
      return list;
    });
  };
  return {
    get origin() {
      return current.origin;
    },
    connect(address) {
      close(current);
      current = open(address, headersFor, tellStrange);
    },
    chat({ model, messages, profile, think }, signal) {
      const wanted = { ...profile, ...(think === undefined ? {} : { think }) };
      const request = { model, messages, ...profileFields(able(current, model, wanted)) };
      return modelEvents(current, model, (client) => client.chat(request, { signal }));
    },
    generate({ model, prompt, system, context, profile }, signal) {
      const request = {
        ...{ model, prompt },
        ...(system === undefined ? {} : { system }),
        ...(context === undefined ? {} : { context }),
        ...profileFields(able(current, model, profile)),
      };
      return modelEvents(current, model, (client) => client.generate(request, { signal }));
    },
    installed,
    async isCloud(model, signal) {
      if (isCloudName(model)) return true;
      const { models } = current;
      const known = (): InstalledModel | undefined => models.get(fullName(model));
      if (!known()) await installed(signal);
      return known()?.cloud ?? false;
    },
    ask,
    failureOf: (error) => failureOf(error, current),
    allocated: (model) => allocatedContext(current, model),
    dispose: () => close(current),
  };
}

async function allocatedContext(
  { client, models: installed }: Server,
  model: string,
): Promise<number | undefined> {
  try {
    const { models } = await (await client).ps();
    const digest = installed.get(fullName(model))?.digest;
    const loaded =
      models.find(({ name }) => sameModel(name, model)) ??
      // A copy of the model, which the server lists under the other name.
      models.find((one) => digest !== undefined && one.digest === digest);
    return loaded?.context_length;
  } catch {
    // A server that does not answer now says nothing; what was known stays.
    return undefined;
  }
}

/** Loads a model like every other request to it: another `num_ctx` would reload it. */
export function toLoadRequest(profile: RequestProfile): LoadRequest {
  const { keep_alive: keepAlive, options } = profileFields(profile);
  return {
    ...(keepAlive === undefined ? {} : { keepAlive }),
    ...(options === undefined ? {} : { options }),
  };
}

/** A model is not asked to think that is known not to; not to think can be asked of every one. */
function able({ models }: Server, model: string, profile: RequestProfile): RequestProfile {
  const abilities = models.get(fullName(model))?.capabilities;
  if (!profile.think || !abilities || abilities.includes('thinking')) return profile;
  const rest: { -readonly [K in keyof RequestProfile]: RequestProfile[K] } = { ...profile };
  delete rest.think;
  return rest;
}

/** One server, and what is known of it. */
interface Server {
  readonly client: Promise<OllamaClient>;
  readonly origin: string;
  /** What is sent in the person's own headers: a server may say it back when it refuses. */
  readonly secrets: readonly string[];
  readonly tellStrange: LogExcerpt;
  /** The last list, by full name. */
  readonly models: Map<string, InstalledModel>;
}

function open(address: string, headersFor: HeadersFor, tellStrange: LogExcerpt): Server {
  const { origin, endpoint, problem } = resolveAddress(address);
  const secrets: string[] = [];
  const connect = async (): Promise<OllamaClient> => {
    if (!endpoint) throw new ServerError('invalidAddress', problem);
    const headers = await headersFor(origin);
    secrets.push(...Object.values(headers));
    return new OllamaClient({ endpoint, headers });
  };
  const client = connect();
  // Reported to each request; without one, the rejection would be unhandled.
  client.catch(() => undefined);
  return { client, origin, secrets, tellStrange, models: new Map() };
}

function close({ client }: Server): void {
  client.then(
    (it) => it.dispose(),
    () => undefined,
  );
}

function profileFields({ contextLength, keepAlive, temperature, think, ...more }: RequestProfile): {
  keep_alive?: KeepAlive;
  think?: Think;
  options?: ModelOptions;
} {
  const options: ModelOptions = {
    ...more.options,
    ...(contextLength === undefined ? {} : { num_ctx: contextLength }),
    ...(temperature === undefined ? {} : { temperature }),
  };
  return {
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    ...(think === undefined ? {} : { think }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

async function* modelEvents(
  server: Server,
  model: string,
  start: (client: OllamaClient) => AsyncIterable<ChatEvent>,
): AsyncGenerator<ModelEvent> {
  const sizeBytes = server.models.get(fullName(model))?.size;
  let client: OllamaClient;
  try {
    client = await server.client;
  } catch (error) {
    yield {
      type: 'end',
      end: { kind: 'failed', failure: failureOf(toInternalError(error), server) },
    };
    return;
  }
  for await (const event of start(client)) {
    switch (event.type) {
      case 'delta':
        yield { type: 'delta', answer: event.content, thinking: event.thinking };
        break;
      case 'phase':
        // The text that ends a silence is itself the news.
        if (event.phase !== 'resumed') yield phaseEvent(event.phase, event.probe, sizeBytes);
        break;
      case 'end':
        yield { type: 'end', end: modelEnd(event.end, server) };
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

function modelEnd(end: StreamEnd, server: Server): ModelEnd {
  switch (end.kind) {
    case 'done': {
      const { metrics, context } = end;
      const reason = end.reason === 'length' ? 'length' : 'stop';
      return { kind: 'done', reason, metrics, ...(context === undefined ? {} : { context }) };
    }
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'truncated':
      return { kind: 'truncated', failure: failureOf(end.error, server) };
    case 'serverError':
    case 'transportError':
      return { kind: 'failed', failure: failureOf(end.error, server) };
  }
}

function failureOf(error: ServerError, { origin, secrets, tellStrange }: Server): Failure {
  const { status, promptTokens, contextLength, excerpt } = error;
  if (excerpt) tellStrange(redactValues(excerpt, secrets));
  return {
    kind: failureKindOf[error.kind],
    message: redactValues(error.message, secrets),
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
    cloud: model.remote_host !== undefined || isCloudName(name),
    ...(model.digest === undefined ? {} : { digest: model.digest }),
    ...(details.parent_model ? { createdFrom: details.parent_model } : {}),
    ...(parameter_size === undefined ? {} : { parameterSize: parameter_size }),
    ...(quantization_level === undefined ? {} : { quantization: quantization_level }),
    ...(context_length === undefined ? {} : { contextLength: context_length }),
    ...(capabilities === undefined ? {} : { capabilities }),
  };
}

/** Joins what can be done with a server's models to Ollama; a part of the bundle for models. */
export function createModelAdmin(backend: OllamaProvider): ModelAdmin {
  return {
    installed: (signal) => backend.installed(signal),
    loaded: () =>
      backend.ask(async (client) =>
        (await client.ps()).models.map((model) => ({
          name: model.name,
          sizeBytes: model.size,
          gpuBytes: model.size_vram,
          ...(model.digest === undefined ? {} : { digest: model.digest }),
          ...(model.expires_at === undefined ? {} : { expiresAt: model.expires_at }),
          ...(model.context_length === undefined ? {} : { contextLength: model.context_length }),
        })),
      ),
    card: (model) =>
      backend.ask(async (client) => {
        const show = await client.show(model);
        const { context, capabilities, family } = modelProfile(model, { show });
        return defined({
          capabilities,
          trainedContext: context.trained,
          configuredContext: context.configured,
          family,
          format: show.details.format,
          parameters: show.parameters,
          template: show.template,
          system: show.system,
          licence: show.license,
          bytesPerToken: cacheBytesPerToken(show),
        });
      }),
    async *pull(model, signal) {
      let client: OllamaClient;
      try {
        client = await backend.ask((it) => Promise.resolve(it));
      } catch (error) {
        if (!(error instanceof ModelFailure)) throw error;
        yield { type: 'end', end: { kind: 'failed', failure: error.failure } };
        return;
      }
      for await (const event of client.pull(model, { signal })) {
        yield pullStep(event, (error) => backend.failureOf(error));
      }
    },
    remove: (model) => backend.ask((client) => client.remove(model)),
    load: (model, profile) => backend.ask((client) => client.load(model, toLoadRequest(profile))),
    unload: (model) => backend.ask((client) => client.unload(model)),
    version: () => backend.ask((client) => client.version()),
  };
}

function pullStep(event: PullEvent, failureOf: (error: ServerError) => Failure): PullStep {
  switch (event.type) {
    case 'progress':
      return { type: 'progress', status: event.status, ...event.overall };
    case 'retry':
      return { type: 'retry' };
    case 'end':
      return { type: 'end', end: pullEnd(event.end, failureOf) };
  }
}

function pullEnd(end: StreamEnd, failureOf: (error: ServerError) => Failure): PullEnd {
  if (end.kind === 'done' || end.kind === 'cancelled') return { kind: end.kind };
  return { kind: 'failed', failure: failureOf(end.error) };
}
