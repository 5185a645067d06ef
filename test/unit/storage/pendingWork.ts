import type { AppendFile, FileSystem } from '../../../src/storage/fileSystem';

/** Knows when nothing is on its way to the disk any more, so that no test has to guess. */
export class PendingWork {
  #pending = 0;

  /** Does what `fileSystem` does, and is counted meanwhile. */
  watch(fileSystem: FileSystem): FileSystem {
    return {
      makeDirectory: this.#counted((directory) => fileSystem.makeDirectory(directory)),
      names: this.#counted((directory) => fileSystem.names(directory)),
      stat: this.#counted((file) => fileSystem.stat(file)),
      touch: this.#counted((file) => fileSystem.touch(file)),
      read: this.#counted((file) => fileSystem.read(file)),
      readFrom: this.#counted((file: string, offset: number) => fileSystem.readFrom(file, offset)),
      create: this.#counted(async (file) => this.#watchFile(await fileSystem.create(file))),
      rename: this.#counted((from: string, to: string) => fileSystem.rename(from, to)),
      remove: this.#counted((file) => fileSystem.remove(file)),
    };
  }

  /** Resolves when nothing has been under way for a few turns of the event loop. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet = this.#pending > 0 ? 0 : quiet + 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #watchFile(file: AppendFile): AppendFile {
    return {
      write: this.#counted((bytes: Uint8Array) => file.write(bytes)),
      sync: this.#counted(() => file.sync()),
      linked: this.#counted(() => file.linked()),
      close: this.#counted(() => file.close()),
    };
  }

  #counted<A extends readonly unknown[] = [string], R = unknown>(
    run: (...args: A) => Promise<R>,
  ): (...args: A) => Promise<R> {
    return async (...args) => {
      this.#pending++;
      try {
        return await run(...args);
      } finally {
        this.#pending--;
      }
    };
  }
}
