import {
  type AppendFile,
  type FileStat,
  type FileSystem,
  nodeFileSystem,
} from '../../../src/storage/fileSystem';

export type Fault =
  /** Nothing happens, and it fails. */
  | { readonly kind: 'before'; readonly code: string }
  /** It happens, and yet it fails. */
  | { readonly kind: 'after'; readonly code: string }
  /** A write takes only a part, and says so; another operation fails. */
  | { readonly kind: 'short' }
  /** A write takes only a part and fails. */
  | { readonly kind: 'torn'; readonly code: string };

/** Asked before each operation, with its number (from 1) and name. */
export type FaultPlan = (operation: number, name: string) => Fault | undefined;

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** Node's file system with faults planned at numbered operations. */
export class FaultyFileSystem implements FileSystem {
  /** How many operations there were. */
  operations = 0;
  /** The numbers of those that were writes. */
  readonly writes = new Set<number>();
  plan: FaultPlan;

  constructor(plan: FaultPlan = () => undefined) {
    this.plan = plan;
  }

  makeDirectory(directory: string): Promise<void> {
    return this.#run('makeDirectory', () => nodeFileSystem.makeDirectory(directory));
  }

  names(directory: string): Promise<readonly string[]> {
    return this.#run('names', () => nodeFileSystem.names(directory));
  }

  stat(file: string): Promise<FileStat | undefined> {
    return this.#run('stat', () => nodeFileSystem.stat(file));
  }

  touch(file: string): Promise<void> {
    return this.#run('touch', () => nodeFileSystem.touch(file));
  }

  read(file: string): Promise<Uint8Array | undefined> {
    return this.#run('read', () => nodeFileSystem.read(file));
  }

  readFrom(file: string, offset: number): Promise<Uint8Array | undefined> {
    return this.#run('readFrom', () => nodeFileSystem.readFrom(file, offset));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#run('rename', () => nodeFileSystem.rename(from, to));
  }

  remove(file: string): Promise<void> {
    return this.#run('remove', () => nodeFileSystem.remove(file));
  }

  async create(file: string): Promise<AppendFile> {
    const created: AppendFile[] = [];
    try {
      return await this.#run('create', async () => {
        const real = await nodeFileSystem.create(file);
        created.push(real);
        return this.#wrap(real);
      });
    } catch (error) {
      // The handle is not used any more.
      for (const real of created) await real.close();
      throw error;
    }
  }

  #wrap(real: AppendFile): AppendFile {
    return {
      write: (bytes) => this.#write(real, bytes),
      sync: () => this.#run('sync', () => real.sync()),
      linked: () => this.#run('linked', () => real.linked()),
      close: async () => {
        // The handle is given back in any case, or the tests would run out of them.
        await real.close();
        await this.#run('close', () => Promise.resolve());
      },
    };
  }

  async #write(real: AppendFile, bytes: Uint8Array): Promise<number> {
    this.operations += 1;
    this.writes.add(this.operations);
    const fault = this.plan(this.operations, 'write');
    const part = bytes.subarray(0, Math.floor(bytes.length / 2));
    switch (fault?.kind) {
      case undefined:
        return real.write(bytes);
      case 'short':
        return real.write(part);
      case 'before':
        throw systemError(fault.code);
      case 'torn':
        await real.write(part);
        throw systemError(fault.code);
      case 'after':
        await real.write(bytes);
        throw systemError(fault.code);
    }
  }

  async #run<T>(name: string, operation: () => Promise<T>): Promise<T> {
    this.operations += 1;
    const fault = this.plan(this.operations, name);
    if (!fault) return operation();
    if (fault.kind === 'after') await operation();
    throw systemError(fault.kind === 'short' ? 'EIO' : fault.code);
  }
}
