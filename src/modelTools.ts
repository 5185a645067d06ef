import { createModelKeeper } from './modelKeeper';
import { ModelTools, type ModelToolsDependencies } from './models/modelTools';
import type { OllamaBackend } from './ollamaBackend';
import { splitAddress } from './serverAddress';

/** The bundle for models: joined to Ollama here, as composition.ts does it for the rest. */
export function createModelTools(
  deps: Omit<ModelToolsDependencies, 'keeper' | 'splitAddress'>,
  backend: OllamaBackend,
): ModelTools {
  return new ModelTools({ ...deps, splitAddress, keeper: createModelKeeper(backend) });
}
