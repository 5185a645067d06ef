import type { ExplanationStore } from '../../conversation/ports';

/** The URIs of the folder that was, and of the one that took its place. */
export interface MovedFolder {
  readonly from: string;
  readonly to: string;
}

/** Copies the explanations of a folder's files to the same files of another one. */
export async function copyExplanations(
  source: ExplanationStore,
  target: ExplanationStore,
  { from, to }: MovedFolder,
): Promise<void> {
  for (const explanation of await source.all()) {
    const { id, uri } = explanation;
    if (!uri.startsWith(`${from}/`)) continue;
    target.save({ ...explanation, uri: to + uri.slice(from.length) });
    await target.saveContinuation(id, await source.continuation(id));
  }
  await target.flush();
}
