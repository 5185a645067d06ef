import { displayOrigin, parseEndpoint } from '../../src/http/endpoint';
import { readTags } from '../../src/ollama/responses';
import { type RunningModel, startLlamaServer, startLocalModel } from './localModel/installModel';
import { OllamaServer } from './ollamaServer/ollamaServer';
import { replay } from './ollamaServer/scripts';
import { HumanError } from './process';

/** A real model, behind either API. */
export interface RealModel extends RunningModel {
  /** Which one this is, for the terminal. */
  readonly origin: string;
}

/**
 * The model of a running Ollama, else a small one of our own.
 *
 * @throws HumanError when there is none
 */
export async function findRealModel(): Promise<RealModel> {
  const url = displayOrigin(parseEndpoint(undefined, process.env));
  const model = await firstModel(url);
  if (model === undefined) {
    const local = await startLocalModel();
    return { ...local, origin: `${local.model}, run by llama.cpp for tests` };
  }
  return { url, model, origin: `${model} on the running Ollama`, stop: () => Promise.resolve() };
}

/**
 * A small model behind OpenAI's API, with room for a conversation.
 *
 * @throws HumanError when it cannot be installed here
 */
export async function startOpenaiModel(): Promise<RealModel> {
  const server = await startLlamaServer(4_096);
  return { ...server, origin: `${server.model}, run by llama.cpp's own server` };
}

/** The newest model that can chat and runs on this machine; undefined when no Ollama responds. */
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

/** Visible in the chat view, so that it is not mistaken for a model. */
const recordedModel = 'recorded-answers:no-model-here';

/** A real model, or recorded answers of one where there is none. */
export async function findDemoModel(print: (text: string) => void): Promise<RealModel> {
  try {
    return await findRealModel();
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    print(`${error.message}\n`);
  }
  const server = await OllamaServer.start();
  server.models([recordedModel]);
  server.loaded([recordedModel]);
  server.onChat(replay('chat-stream', { pacing: 'recorded' }));
  server.onGenerate(replay('generate-stream', { pacing: 'recorded' }));
  return {
    url: server.url,
    model: recordedModel,
    origin: 'recorded answers, because no model can be run here',
    stop: () => server.close(),
  };
}
