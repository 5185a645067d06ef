import type { PromptLibrary, PromptLibraryDependencies } from './promptLibrary';

/** What reads the prompts: a bundle of its own, read when somebody first types a slash. */
export function loadPromptLibrary(deps: PromptLibraryDependencies): () => Promise<PromptLibrary> {
  let made: Promise<PromptLibrary> | undefined;
  const make = async (): Promise<PromptLibrary> => {
    const module = await import('./promptLibrary');
    return new module.PromptLibrary(deps);
  };
  return () => (made ??= make());
}
