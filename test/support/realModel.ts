import { readTags } from '../../src/ollama/responses';
import { displayOrigin, parseEndpoint } from '../../src/ollama/endpoint';
import { HumanError } from './humanError';
import { startLocalModel } from './localModel/startLocalModel';
import { startOwnedProcess } from './ownedProcess';
import { tryCommand } from './runCommand';

/** A real model that answers in Ollama's form. */
export interface RealModel {
  /** Where it listens, as `cria.endpoint` wants it. */
  url: string;
  model: string;
  /** Which one this is, for the terminal. */
  origin: string;
  /** Ends what was started for it; a server that ran before goes on. */
  stop(): Promise<void>;
}

/**
 * The best real model to be had: a running Ollama with a model, else an installed Ollama with a pulled
 * model, else a small one of our own.
 *
 * @throws HumanError saying why there is none
 */
export async function findRealModel(): Promise<RealModel> {
  return (await runningOllama()) ?? (await installedOllama()) ?? (await ownModel());
}

async function runningOllama(): Promise<RealModel | undefined> {
  const url = displayOrigin(parseEndpoint(undefined, process.env));
  const model = await firstModel(url);
  if (model === undefined) return undefined;
  return { url, model, origin: `${model} on the running Ollama`, stop: () => Promise.resolve() };
}

async function installedOllama(): Promise<RealModel | undefined> {
  if (!(await isInstalled())) return undefined;
  const server = startOwnedProcess('ollama', ['serve'], {
    env: { ...process.env, OLLAMA_HOST: '127.0.0.1:0' },
  });
  const [, port = ''] = await server.printed(/[Ll]istening on 127\.0\.0\.1:(\d+)/u);
  const url = `http://127.0.0.1:${port}`;
  const model = await firstModel(url);
  if (model !== undefined) {
    return { url, model, origin: `${model} on the installed Ollama`, stop: () => server.stop() };
  }
  await server.stop();
  return undefined;
}

async function isInstalled(): Promise<boolean> {
  try {
    return (await tryCommand('ollama', ['--version'])).code === 0;
  } catch (error) {
    if (error instanceof HumanError) return false;
    throw error;
  }
}

async function ownModel(): Promise<RealModel> {
  const local = await startLocalModel();
  return { ...local, origin: `${local.model}, run by llama.cpp for tests` };
}

/** The newest model that can chat and runs on this machine; undefined when no Ollama answers. */
async function firstModel(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/api/tags`, { signal: AbortSignal.timeout(2_000) });
    const { models } = readTags(await response.json());
    return models.find(
      ({ capabilities, remote_host }) =>
        remote_host === undefined && (capabilities?.includes('completion') ?? true),
    )?.name;
  } catch {
    return undefined;
  }
}
