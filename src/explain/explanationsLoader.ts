import type { Explanations, ExplanationsDependencies } from './explanations';

/** What draws and runs explanations: a bundle of its own, read when there is one to show. */
export async function loadExplanations(deps: ExplanationsDependencies): Promise<Explanations> {
  const module = await import('./explanations');
  return new module.Explanations(deps);
}
