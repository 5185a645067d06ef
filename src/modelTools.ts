import { createModelKeeper } from './modelKeeper';
import { ModelTools, type ModelToolsDependencies } from './models/modelTools';
import { splitAddress, type OllamaBackend } from './ollamaBackend';

/** The bundle for models: joined to Ollama here, as composition.ts does it for the rest. */
export function createModelTools(
  deps: Omit<ModelToolsDependencies, 'keeper' | 'splitAddress'>,
  backend: OllamaBackend,
): ModelTools {
  return new ModelTools({ ...deps, splitAddress, keeper: createModelKeeper(backend) });
}
