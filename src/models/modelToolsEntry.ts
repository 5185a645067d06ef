import { createModelKeeper, type OllamaBackend } from '../server/ollamaServer';
import { splitAddress } from '../server/serverAddress';
import { ModelTools, type ModelToolsDependencies } from './modelCommands';

/** The bundle for models: joined to Ollama here, as composition.ts does it for the rest. */
export function createModelTools(
  deps: Omit<ModelToolsDependencies, 'keeper' | 'splitAddress'>,
  backend: OllamaBackend,
): ModelTools {
  return new ModelTools({ ...deps, splitAddress, keeper: createModelKeeper(backend) });
}
