import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { NewId } from '../conversation/ports';
import type { FileSystem } from '../storage/fileSystem';
import { replaceFile } from '../storage/replaceFile';

const workspaceSchema = v.object({
  v: v.literal(1),
  /** Where its conversations are. */
  storage: v.string(),
  /** The URI of its first folder. */
  folder: v.string(),
  /** Of all its folders together. */
  fingerprint: v.string(),
  /** Each of its folders; files of before have none. */
  folders: v.optional(v.array(v.object({ uri: v.string(), fingerprint: v.string() }))),
});
export type KnownWorkspace = Omit<v.InferOutput<typeof workspaceSchema>, 'v'>;

const fileSchema = v.pipe(v.string(), v.parseJson(), workspaceSchema);

export interface WorkspaceRegistryDependencies {
  readonly fileSystem: FileSystem;
  readonly newId: NewId;
  /** The same for all workspaces of this machine. */
  readonly directory: string;
}

/**
 * All workspaces that Cria was used in. Each has a file of its own, replaced as a whole: windows that
 * start together cannot harm each other's.
 */
export class WorkspaceRegistry {
  readonly #deps: WorkspaceRegistryDependencies;

  constructor(deps: WorkspaceRegistryDependencies) {
    this.#deps = deps;
  }

  async remember(workspace: KnownWorkspace): Promise<void> {
    const { fileSystem, newId, directory } = this.#deps;
    const name = createHash('sha256').update(workspace.storage).digest('hex').slice(0, 32);
    const file = `${directory}/${name}.json`;
    const text = JSON.stringify({ v: 1, ...workspace });
    if ((await this.#text(file)) === text) return;
    await fileSystem.makeDirectory(directory);
    await replaceFile(fileSystem, newId, file, Buffer.from(text));
  }

  /** The other workspaces with this fingerprint. What cannot be read is left where it is. */
  async like({ fingerprint, storage }: KnownWorkspace): Promise<readonly KnownWorkspace[]> {
    const { fileSystem, directory } = this.#deps;
    const found: KnownWorkspace[] = [];
    for (const name of await fileSystem.names(directory)) {
      if (!name.endsWith('.json')) continue;
      const parsed = v.safeParse(fileSchema, await this.#text(`${directory}/${name}`));
      if (!parsed.success || parsed.output.fingerprint !== fingerprint) continue;
      if (parsed.output.storage !== storage) found.push(parsed.output);
    }
    return found;
  }

  async #text(file: string): Promise<string | undefined> {
    const bytes = await this.#deps.fileSystem.read(file);
    return bytes && Buffer.from(bytes).toString();
  }
}
