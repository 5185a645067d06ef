import type { ModelContext } from '../conversation/contextLength';
import type {
  ChatPrompt,
  InstalledModel,
  ModelList,
  ModelAdmin,
  ModelEvent,
  ModelServer,
  ServerIdentity,
} from '../conversation/ports';
import type { ApiBase } from '../openai/apiBase';
import { OpenaiClient } from '../openai/openaiClient';
import { flavorNames, type ServedModel } from '../openai/servedModels';
import { defined } from '../shared/defined';
import { isPublicServer } from './serverAddress';
import {
  askLink,
  closeLink,
  modelEvents,
  openLink,
  type ServerAccess,
  type ServerLink,
} from './serverLink';

export interface OpenaiProvider extends ModelServer {
  dispose(): void;
}

/** A server, and its last list of models. */
interface Server extends ServerLink<OpenaiClient> {
  models: ReadonlyMap<string, ServedModel> | undefined;
  program: { name: string | undefined; isRouter: boolean };
}

/** The domain's ports, joined to a server that speaks OpenAI's API. */
export function createOpenaiProvider(
  address: string,
  base: ApiBase,
  access: ServerAccess,
): OpenaiProvider {
  const program: Server['program'] = { name: undefined, isRouter: false };
  const link = openLink(address, access, (_, headers) => new OpenaiClient({ base, headers }));
  const server: Server = {
    ...link,
    models: undefined,
    program,
    programName: () => program.name ?? '',
  };
  return {
    origin: link.origin,
    takesLoadOptions: false,
    chat: (prompt, signal) => chat(server, prompt, signal),
    installed: (signal) => listModels(server, signal),
    bind: () => ({
      origin: link.origin,
      // No server says of a model that it runs elsewhere; where the server is counts for all its models.
      locate: () => Promise.resolve(isPublicServer(base.root) ? 'publicServer' : 'server'),
      chat: (prompt, signal) => chat(server, prompt, signal),
    }),
    /** Only a router of llama.cpp loads and unloads models. */
    get admin() {
      return program.isRouter ? createAdmin(server) : {};
    },
    identify: () => identify(server),
    contextOf: (model) => contextOf(server, model),
    dispose: () => closeLink(link),
  };
}

async function listModels(server: Server, signal: AbortSignal | undefined): Promise<ModelList> {
  return askLink(server, async (client) => {
    const { models, flavor, notListed } = await client.models({ signal });
    const known = withWindows(models);
    server.models = known;
    server.program.name = flavorNames[flavor];
    server.program.isRouter = models.some(({ status }) => status !== undefined);
    return Object.assign([...known.values()].map(toInstalledModel), { notListed });
  });
}

/** By name. An adapter has the context of the model that it adapts. */
function withWindows(models: readonly ServedModel[]): ReadonlyMap<string, ServedModel> {
  const byId = new Map(models.map((model) => [model.id, model]));
  for (const model of models) {
    const contextLength = model.contextLength ?? byId.get(model.parent ?? '')?.contextLength;
    byId.set(model.id, defined({ ...model, contextLength }));
  }
  return byId;
}

function toInstalledModel(model: ServedModel): InstalledModel {
  const { id, use, parameters, contextLength, trainedContext } = model;
  const capabilities = { chat: 'completion', embedding: 'embedding', other: 'other' } as const;
  return defined({
    name: id,
    size: model.sizeBytes ?? 0,
    cloud: false,
    parameterSize: parameters === undefined ? undefined : formatParameters(parameters),
    quantization: model.quantization,
    contextLength: trainedContext ?? contextLength,
    servedContext: contextLength,
    capabilities: use === undefined ? undefined : [capabilities[use]],
    createdFrom: model.parent,
    status: model.status,
  });
}

function formatParameters(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)}B` : `${(count / 1e6).toFixed(0)}M`;
}

async function* chat(
  server: Server,
  { model, messages, profile, think }: ChatPrompt,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  // The list tells which program it is; without one, every server is asked in the same way.
  if (!server.models) await listModels(server, signal).catch(() => undefined);
  const request = defined({
    model,
    messages,
    temperature: profile.temperature,
    think: think ?? profile.think,
    options: profile.options,
  });
  for await (const event of modelEvents(server, undefined, (client) =>
    client.chat(request, { signal }),
  )) {
    yield event.type === 'end' ? await withExactCounts(server, event, request, signal) : event;
  }
}

/** vLLM refuses a prompt without counting it to its end, but can count it; a gateway may hide that. */
async function withExactCounts(
  server: Server,
  event: ModelEvent & { readonly type: 'end' },
  { model, messages }: Pick<ChatPrompt, 'model' | 'messages'>,
  signal: AbortSignal,
): Promise<ModelEvent> {
  const { end } = event;
  if (end.kind !== 'failed' || end.failure.kind !== 'contextOverflow') return event;
  const { failure } = end;
  if (failure.promptTokens !== undefined && failure.contextLength !== undefined) return event;
  const count = await askLink(server, (client) => client.count(model, messages, { signal })).catch(
    () => undefined,
  );
  const contextLength =
    failure.contextLength ?? count?.contextLength ?? server.models?.get(model)?.contextLength;
  const promptTokens = failure.promptTokens ?? count?.tokens;
  return {
    type: 'end',
    end: { kind: 'failed', failure: defined({ ...failure, contextLength, promptTokens }) },
  };
}

function createAdmin(server: Server): ModelAdmin {
  return {
    load: (model) => askLink(server, (client) => client.changeMemory(model, 'load')),
    unload: (model) => askLink(server, (client) => client.changeMemory(model, 'unload')),
  };
}

async function identify(server: Server): Promise<ServerIdentity> {
  if (!server.models) await listModels(server, undefined);
  server.program.name = flavorNames[await askLink(server, (client) => client.findUnmarked())];
  const version = await askLink(server, (client) => client.version());
  return defined({ api: 'openai', name: server.program.name, version });
}

async function contextOf(server: Server, model: string): Promise<ModelContext> {
  if (!server.models) await listModels(server, undefined).catch(() => undefined);
  const length = server.models?.get(model)?.contextLength;
  return defined({ allocated: length, maximum: length, isFixed: true });
}
