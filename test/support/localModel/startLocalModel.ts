import { startOwnedProcess } from '../ownedProcess';
import { inRepo } from '../paths';
import { installModel } from './installModel';
import { modelName } from './modelCard';

export interface RunningModel {
  /** Where it listens, in the form `cria.endpoint` wants. */
  url: string;
  model: string;
  stop(): Promise<void>;
}

/**
 * Starts a small real model that answers in Ollama's form, fetching it first if need be. It runs in a
 * process of its own, so its work never delays the tests.
 *
 * @throws HumanError when it cannot be had here
 */
export async function startLocalModel(): Promise<RunningModel> {
  await installModel();
  const program = inRepo('.cache', 'tools', 'localModel.mjs');
  const server = startOwnedProcess(process.execPath, [program]);
  const [, url = ''] = await server.printed(/listening on (\S+)/u);
  return { url, model: modelName, stop: () => server.stop() };
}
