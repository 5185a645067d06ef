import { ModelFailure, type ModelList, type ModelServer } from '../conversation/ports';
import type { Endpoint } from '../http/endpoint';
import { isJsonObject } from '../http/jsonValues';
import { findApiBases, findOllamaBase, isApiPath } from '../openai/apiBase';
import { OpenaiClient } from '../openai/openaiClient';
import { flavorNames } from '../openai/servedModels';
import type { FailureKind } from '../shared/turn';
import { createOllamaProvider } from './ollamaProvider';
import { createOpenaiProvider } from './openaiProvider';
import { askLink, closeLink, openLink, type ServerAccess } from './serverLink';

/** Which API a server speaks, as the setting `cria.server` names it. */
export type ServerApi = 'ollama' | 'openai';
export type ServerSetting = 'auto' | ServerApi;

export interface Provider extends ModelServer {
  dispose(): void;
}

/** A server that was found, with the list of models that was asked for on the way. */
export interface ServerChoice {
  readonly api: ServerApi;
  /** Of OpenAI's API: its path below the root. Of Ollama's: the path before it, if that is not the address's. */
  readonly path?: string;
  readonly provider: Provider;
  readonly models?: ModelList;
}

export interface ServerPlace {
  readonly address: string;
  readonly endpoint: Endpoint;
  readonly access: ServerAccess;
}

/** @param path before the API; absent: that of the address */
export function openOllama(
  { address, access }: Pick<ServerPlace, 'address' | 'access'>,
  path?: string,
): Provider {
  const provider = createOllamaProvider(access.headersFor, access.logExcerpt);
  provider.connect(address, path);
  return provider;
}

/** @param path of the API below the root; absent: where it most likely is */
export function openOpenai({ address, endpoint, access }: ServerPlace, path?: string): Provider {
  const bases = findApiBases(endpoint);
  const base = bases.find((each) => each.path === path) ?? bases[0];
  return createOpenaiProvider(address, base ?? { root: endpoint, path: '/v1' }, access);
}

/** No server has answered: another question would end the same way. */
const noAnswer: ReadonlySet<FailureKind> = new Set([
  'unreachable',
  'refused',
  'dns',
  'tls',
  'proxy',
  'invalidAddress',
  'internal',
]);

/**
 * Finds out which API the server at an address speaks, by what every use of it begins with: its list of models.
 * Rejects with the `ModelFailure` of Ollama's list where no API is found. Only this address is asked.
 */
export async function chooseServer(
  place: ServerPlace,
  setting: ServerSetting,
): Promise<ServerChoice> {
  if (setting === 'openai') return orThrow(await tryOpenai(place));
  if (setting === 'auto' && isApiPath(place.endpoint)) return chooseAtApiPath(place);
  const provider = openOllama(place);
  const listed = await list(provider);
  if (!(listed instanceof ModelFailure)) {
    const ollama: ServerChoice = { api: 'ollama', provider, models: listed };
    if (setting === 'ollama' || (await isOllama(place))) return ollama;
    const found = await tryOpenai(place);
    // A program that imitates Ollama may have no version; one that no longer answers can be any.
    if (found instanceof ModelFailure && !noAnswer.has(found.failure.kind)) return ollama;
    provider.dispose();
    return orThrow(found);
  }
  provider.dispose();
  return chooseOther(place, setting, listed);
}

/** Ollama's list failed at the path of the address. */
async function chooseOther(
  place: ServerPlace,
  setting: 'auto' | 'ollama',
  listed: ModelFailure,
): Promise<ServerChoice> {
  if (noAnswer.has(listed.failure.kind)) throw listed;
  const native = await tryOllamaBase(place);
  if (native) return native;
  if (setting === 'ollama') throw listed;
  const found = await tryOpenai(place);
  if (!(found instanceof ModelFailure)) return found;
  throw isClearer(found, listed) ? found : listed;
}

function orThrow(found: ServerChoice | ModelFailure): ServerChoice {
  if (found instanceof ModelFailure) throw found;
  return found;
}

/**
 * The address names OpenAI's API. Ollama speaks it, too, but without context lengths and phases, so its own API is
 * used where it is found.
 */
async function chooseAtApiPath(place: ServerPlace): Promise<ServerChoice> {
  const found = await tryOpenai(place);
  if (found instanceof ModelFailure) {
    const isSilent = noAnswer.has(found.failure.kind);
    return (isSilent ? undefined : await tryOllamaBase(place)) ?? orThrow(found);
  }
  // A list without models, or without one of Ollama's own, does not tell which program it is.
  const name = found.models && (await found.provider.identify()).name;
  if (name !== undefined && name !== flavorNames.ollama) return found;
  const native = await tryOllamaBase(place);
  if (native) found.provider.dispose();
  return native ?? found;
}

/** Ollama, where the address is one of its routes. */
async function tryOllamaBase(place: ServerPlace): Promise<ServerChoice | undefined> {
  const path = findOllamaBase(place.endpoint);
  if (path === undefined) return undefined;
  const provider = openOllama(place, path);
  const models = await list(provider);
  if (!(models instanceof ModelFailure) && (await isOllama(place, path))) {
    return { api: 'ollama', path, provider, models };
  }
  provider.dispose();
  return undefined;
}

/**
 * A key that is missing on the way to the other API says more than a path that does not exist, and so does a server
 * that no longer answers.
 */
function isClearer({ failure }: ModelFailure, other: ModelFailure): boolean {
  if (noAnswer.has(failure.kind)) return true;
  return failure.kind === 'unauthorized' && other.failure.kind !== 'unauthorized';
}

async function list(provider: Provider): Promise<ModelList | ModelFailure> {
  try {
    return await provider.installed();
  } catch (error) {
    if (error instanceof ModelFailure) return error;
    throw error;
  }
}

/**
 * Others list models under Ollama's path, too. Only Ollama's `/api/version` has nothing but a version: Open
 * WebUI and llama-swap add to it, SGLang has none, and LocalAI, which sends a constant, has a file that names it.
 */
async function isOllama(place: ServerPlace, basePath = place.endpoint.basePath): Promise<boolean> {
  const link = openLink(
    place.address,
    place.access,
    (root, headers) =>
      new OpenaiClient({ base: { root: { ...root, basePath }, path: '' }, headers }),
  );
  try {
    const look = (route: string): Promise<unknown> =>
      askLink(link, (client) => client.lookUp(route));
    const value = await look('/api/version');
    if (!isJsonObject(value) || typeof value['version'] !== 'string') return false;
    if (Object.keys(value).length > 1) return false;
    if (value['version'] !== '0.9.0') return true;
    return !isJsonObject(await look('/.well-known/localai.json'));
  } finally {
    closeLink(link);
  }
}

/** It is where the list of models is, or where a server is still loading. */
async function tryOpenai(place: ServerPlace): Promise<ServerChoice | ModelFailure> {
  let clearest: ModelFailure | undefined;
  for (const base of findApiBases(place.endpoint)) {
    const provider = createOpenaiProvider(place.address, base, place.access);
    const listed = await list(provider);
    if (!(listed instanceof ModelFailure)) {
      return { api: 'openai', path: base.path, provider, models: listed };
    }
    if (listed.failure.kind === 'loading') return { api: 'openai', path: base.path, provider };
    provider.dispose();
    if (!clearest || isClearer(listed, clearest)) clearest = listed;
    if (noAnswer.has(listed.failure.kind)) break;
  }
  return clearest ?? new ModelFailure({ kind: 'protocol', message: '' });
}
