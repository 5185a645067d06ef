import type { ModelContext } from '../conversation/contextLength';
import {
  type BoundServer,
  type ChatPrompt,
  type ExplainModel,
  type ExplainPrompt,
  type InstalledModel,
  type ModelList,
  type ModelAdmin,
  type ModelEvent,
  ModelFailure,
  type ModelServer,
  type OnRemote,
  type RequestProfile,
} from '../conversation/ports';
import type { PullEnd, PullStep } from '../conversation/pullSteps';
import type { Endpoint } from '../http/endpoint';
import type { ServerError } from '../http/serverError';
import type { ChatEvent, StreamEnd } from '../http/streamEvents';
import { fullName, isCloudName, parseModelName, sameModel } from '../ollama/modelName';
import { cacheBytesPerToken, modelProfile } from '../ollama/modelProfile';
import type { KeepAlive, LoadRequest, ModelOptions, Think } from '../ollama/ollamaApi';
import { OllamaClient } from '../ollama/ollamaClient';
import type { PullEvent } from '../ollama/pull';
import type { TagsModel } from '../ollama/responses';
import { type Clock, systemClock } from '../shared/clock';
import { defined } from '../shared/defined';
import type { Failure } from '../shared/turn';
import { ModelLocations } from './modelLocations';
import {
  askLink,
  closeLink,
  toFailure,
  type HeadersFor,
  type LogExcerpt,
  modelEvents,
  openLink,
  type ServerAccess,
  type ServerLink,
} from './serverLink';

export interface OllamaProvider extends ModelServer {
  readonly generate: ExplainModel['generate'];
  readonly admin: Required<ModelAdmin>;
  /**
   * New requests go to this address. Running requests continue at the old one.
   * @param basePath where the API is, if that is not the path of the address
   */
  connect(address: string, basePath?: string): void;
  dispose(): void;
}

/** The domain's ports, joined to Ollama. An empty address means `OLLAMA_HOST`, else this machine. */
export function createOllamaProvider(
  headersFor: HeadersFor = () => Promise.resolve({}),
  logExcerpt: LogExcerpt = () => undefined,
  clock: Clock = systemClock,
): OllamaProvider {
  const access = { headersFor, logExcerpt };
  let current = open('', access, clock);
  const ask: Ask = (use) => askLink(current, use);
  return {
    get origin() {
      return current.origin;
    },
    connect(address, basePath) {
      closeLink(current);
      current = open(address, access, clock, basePath);
    },
    bind: () => bindTo(current),
    chat: (prompt, signal) => chat(current, prompt, signal),
    generate: (prompt, signal) => generate(current, prompt, signal),
    installed: (signal) => listModels(current, signal),
    takesLoadOptions: true,
    admin: createAdmin(ask, (error) => toFailure(error, current)),
    identify: async () => {
      const server = current;
      const version = await askLink(server, (client) => client.version());
      server.seen.version = version;
      return { api: 'ollama', name: 'Ollama', version };
    },
    contextOf: (model) => getModelContext(current, model),
    dispose: () => closeLink(current),
  };
}

function bindTo(server: Server): BoundServer {
  return {
    origin: server.origin,
    locate: (model, signal) =>
      server.locations.locate(model, {
        list: () => listModels(server, signal),
        show: (name) => askLink(server, (client) => client.show(name, { signal })),
      }),
    chat: (prompt, signal, onRemote) => chat(server, prompt, signal, onRemote),
    generate: (prompt, signal, onRemote) => generate(server, prompt, signal, onRemote),
  };
}

function chat(
  server: Server,
  { model, messages, profile, think }: ChatPrompt,
  signal: AbortSignal,
  onRemote?: OnRemote,
): AsyncGenerator<ModelEvent> {
  const wanted = { ...profile, ...(think === undefined ? {} : { think }) };
  const request = {
    model: toSentName(model),
    messages,
    ...profileFields(able(server, model, wanted)),
  };
  return toModelEvents(server, model, (client) => client.chat(request, { signal }), onRemote);
}

function generate(
  server: Server,
  { model, prompt, system, context, profile }: ExplainPrompt,
  signal: AbortSignal,
  onRemote?: OnRemote,
): AsyncGenerator<ModelEvent> {
  const request = {
    ...{ model: toSentName(model), prompt },
    ...(system === undefined ? {} : { system }),
    ...(context === undefined ? {} : { context }),
    ...profileFields(able(server, model, profile)),
  };
  return toModelEvents(server, model, (client) => client.generate(request, { signal }), onRemote);
}

/** What is sent is what was checked. */
function toSentName(model: string): string {
  return parseModelName(model)?.text ?? model;
}

function listModels(server: Server, signal: AbortSignal | undefined): Promise<ModelList> {
  return askLink(server, async (client) => {
    const { models, notListed } = await client.tags({ signal });
    const list = models.map(installedModel);
    server.locations.learn(list);
    return Object.assign(list, { notListed });
  });
}

function toModelEvents(
  server: Server,
  model: string,
  start: (client: OllamaClient) => AsyncIterable<ChatEvent>,
  onRemote?: OnRemote,
): AsyncGenerator<ModelEvent> {
  const { locations } = server;
  server.addressed.add(fullName(model));
  return modelEvents(server, locations.find(model)?.size, start, (host) => {
    locations.learnRemote(model);
    onRemote?.(host);
  });
}

/** A server, and where its models run. */
interface Server extends ServerLink<OllamaClient> {
  /** What the server last reported of itself. */
  readonly seen: { version?: string };
  readonly locations: ModelLocations;
  /** What does not change while a model is the same, by its name and digest. */
  readonly shapes: Map<string, ModelContext>;
  /** The full names of the models that a message was sent to. */
  readonly addressed: Set<string>;
}

function open(address: string, access: ServerAccess, clock: Clock, basePath?: string): Server {
  const createClient = (endpoint: Endpoint, headers: Readonly<Record<string, string>>) =>
    new OllamaClient({ endpoint: { ...endpoint, ...defined({ basePath }) }, headers });
  const locations = new ModelLocations(clock);
  const seen: Server['seen'] = {};
  const link = openLink(address, access, createClient);
  return {
    ...link,
    programVersion: () => seen.version,
    seen,
    locations,
    shapes: new Map(),
    addressed: new Set(),
  };
}

async function getModelContext(server: Server, model: string): Promise<ModelContext> {
  const [loaded, shape] = await Promise.all([
    getLoadedContext(server, model),
    getContextShape(server, model),
  ]);
  const installed = server.locations.find(model);
  return defined({
    ...shape,
    ...loaded,
    maximum: shape.maximum ?? installed?.contextLength,
    sizeBytes: installed?.size,
    // Also where it is not: another program may have answered at this address before.
    isFixed: installed?.cloud ?? (isCloudName(model) || undefined),
  });
}

async function getLoadedContext(
  { client, locations }: Server,
  model: string,
): Promise<ModelContext> {
  try {
    const { models } = await (await client).ps();
    const digest = locations.find(model)?.digest;
    const loaded =
      models.find(({ name }) => sameModel(name, model)) ??
      // A copy of the model, which the server lists under the other name.
      models.find((one) => digest !== undefined && one.digest === digest);
    return defined({ isLoaded: loaded !== undefined, allocated: loaded?.context_length });
  } catch {
    // A server that does not answer now says nothing; what was known stays.
    return {};
  }
}

/**
 * Asked once for each model. About one that is in the cloud, or not in the server's list, the server could ask
 * elsewhere: such a model must have received a message, which the user has allowed. The list of Ollama before
 * 0.30.0 has no lengths.
 */
async function getContextShape(server: Server, model: string): Promise<ModelContext> {
  const listed = server.locations.find(model);
  const isHere = listed !== undefined && !listed.cloud;
  const maximum = isHere ? undefined : listed?.contextLength;
  if (!isHere && (maximum !== undefined || !server.addressed.has(fullName(model))))
    return defined({ maximum });
  const key = `${fullName(model)} ${listed?.digest ?? ''}`;
  const known = server.shapes.get(key);
  if (known) return known;
  try {
    const show = await (await server.client).show(model);
    const { context } = modelProfile(model, { show });
    const shape = defined({
      configured: context.configured,
      maximum: context.trained,
      bytesPerToken: cacheBytesPerToken(show),
    });
    server.shapes.set(key, shape);
    return shape;
  } catch {
    // Old servers and gateways have no such route.
    return {};
  }
}

/** Loads a model like every other request to it: another `num_ctx` would reload it. */
function toLoadRequest(profile: RequestProfile): LoadRequest {
  const { keep_alive: keepAlive, options } = profileFields(profile);
  return {
    ...(keepAlive === undefined ? {} : { keepAlive }),
    ...(options === undefined ? {} : { options }),
  };
}

/** A model is not asked to think that is known not to; not to think can be asked of every one. */
function able({ locations }: Server, model: string, profile: RequestProfile): RequestProfile {
  const abilities = locations.find(model)?.capabilities;
  if (!profile.think || !abilities || abilities.includes('thinking')) return profile;
  const rest: { -readonly [K in keyof RequestProfile]: RequestProfile[K] } = { ...profile };
  delete rest.think;
  return rest;
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

function installedModel(model: TagsModel): InstalledModel {
  const { name, size, details, capabilities } = model;
  const { parameter_size, quantization_level, context_length } = details;
  return {
    name,
    size,
    cloud: model.remote_host !== undefined || model.remote_model !== undefined || isCloudName(name),
    ...(model.digest === undefined ? {} : { digest: model.digest }),
    ...(details.parent_model ? { createdFrom: details.parent_model } : {}),
    ...(parameter_size === undefined ? {} : { parameterSize: parameter_size }),
    ...(quantization_level === undefined ? {} : { quantization: quantization_level }),
    ...(context_length === undefined ? {} : { contextLength: context_length }),
    ...(capabilities === undefined ? {} : { capabilities }),
  };
}

/** Asks the server that is in use. Rejects with a `ModelFailure`. */
type Ask = <T>(use: (client: OllamaClient) => Promise<T>) => Promise<T>;

function createAdmin(ask: Ask, toFailure: (error: ServerError) => Failure): Required<ModelAdmin> {
  return {
    loaded: () =>
      ask(async (client) =>
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
      ask(async (client) => {
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
        client = await ask((it) => Promise.resolve(it));
      } catch (error) {
        if (!(error instanceof ModelFailure)) throw error;
        yield { type: 'end', end: { kind: 'failed', failure: error.failure } };
        return;
      }
      for await (const event of client.pull(model, { signal })) yield pullStep(event, toFailure);
    },
    remove: (model) => ask((client) => client.remove(model)),
    load: (model, profile) => ask((client) => client.load(model, toLoadRequest(profile))),
    unload: (model) => ask((client) => client.unload(model)),
  };
}

function pullStep(event: PullEvent, toFailure: (error: ServerError) => Failure): PullStep {
  switch (event.type) {
    case 'progress':
      return { type: 'progress', status: event.status, ...event.overall };
    case 'retry':
      return { type: 'retry' };
    case 'end':
      return { type: 'end', end: pullEnd(event.end, toFailure) };
  }
}

function pullEnd(end: StreamEnd, toFailure: (error: ServerError) => Failure): PullEnd {
  if (end.kind === 'done' || end.kind === 'cancelled') return { kind: end.kind };
  return { kind: 'failed', failure: toFailure(end.error) };
}
