import type { ExplanationStore } from '../conversation/ports';
import type { KnownWorkspace } from './workspaceRegistry';

/** The URIs of the folder that was, and of the one that took its place. */
export interface MovedFolder {
  readonly from: string;
  readonly to: string;
}

/** Which folder of `own` is which of `other`: those with the same fingerprint, in their order. */
export function movedFolders(other: KnownWorkspace, own: KnownWorkspace): readonly MovedFolder[] {
  const left = [...foldersOf(own)];
  return foldersOf(other).flatMap(({ uri: from, fingerprint }) => {
    const at = left.findIndex((folder) => folder.fingerprint === fingerprint);
    const [found] = at < 0 ? [] : left.splice(at, 1);
    return found ? [{ from, to: found.uri }] : [];
  });
}

function foldersOf({ folder: uri, fingerprint, folders }: KnownWorkspace): Folders {
  return folders ?? [{ uri, fingerprint }];
}
type Folders = NonNullable<KnownWorkspace['folders']>;

/** Copies the explanations of these folders' files to the same files of the others. */
export async function copyExplanations(
  source: ExplanationStore,
  target: ExplanationStore,
  moved: readonly MovedFolder[],
): Promise<void> {
  for (const explanation of await source.all()) {
    const { id, uri } = explanation;
    const folder = moved.find(({ from }) => uri.startsWith(`${from}/`));
    if (!folder) continue;
    target.save({ ...explanation, uri: folder.to + uri.slice(folder.from.length) });
    await target.saveContinuation(id, await source.continuation(id));
  }
  await target.flush();
}
