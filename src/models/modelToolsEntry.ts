import { createModelKeeper } from '../server/modelKeeper';
import { ModelTools, type ModelToolsDependencies } from './modelCommands';
import type { OllamaBackend } from '../server/ollamaBackend';
import { splitAddress } from '../server/serverAddress';

/** The bundle for models: joined to Ollama here, as composition.ts does it for the rest. */
export function createModelTools(
  deps: Omit<ModelToolsDependencies, 'keeper' | 'splitAddress'>,
  backend: OllamaBackend,
): ModelTools {
  return new ModelTools({ ...deps, splitAddress, keeper: createModelKeeper(backend) });
}
