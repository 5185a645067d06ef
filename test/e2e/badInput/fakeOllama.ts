import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../support/clock';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';

/** How the program was started. */
export interface Started {
  readonly pid: number;
  readonly argv: readonly string[];
  /** Of its environment. */
  readonly host: string;
}

/** A program named `ollama` in its own folder. It reports how it was started, and waits. */
export class FakeOllama {
  /** To be put before the PATH. */
  readonly folder: string;
  readonly #home: TemporaryFolder;
  #pid: number | undefined;

  private constructor(home: TemporaryFolder) {
    this.#home = home;
    // A shell would trip over this name.
    this.folder = path.join(home.path, 'my $(touch oops) programs');
  }

  static async install(): Promise<FakeOllama> {
    const fake = new FakeOllama(await temporaryFolder('ollama'));
    await mkdir(fake.folder);
    const program = path.join(fake.folder, 'ollama');
    const said = JSON.stringify(fake.#started);
    await writeFile(
      program,
      `#!${process.execPath}
       const { argv, env, pid } = process;
       const started = { pid, argv: argv.slice(2), host: env.OLLAMA_HOST };
       require('node:fs').writeFileSync(${said}, JSON.stringify(started));
       console.log('Listening on ' + env.OLLAMA_HOST);
       setTimeout(() => {}, 300_000);\n`,
    );
    await chmod(program, 0o755);
    return fake;
  }

  /** Waits until it has been started. */
  async started(): Promise<Started> {
    let text = '';
    await eventually(async () => {
      text = await readFile(this.#started, 'utf8');
      assert.match(text, /\}$/u);
    });
    const started = JSON.parse(text) as Started;
    this.#pid = started.pid;
    return started;
  }

  /** Ends the program that was started. */
  stop(): void {
    if (this.#pid !== undefined) process.kill(this.#pid);
    this.#pid = undefined;
  }

  async remove(): Promise<void> {
    this.stop();
    await this.#home.remove();
  }

  get #started(): string {
    return path.join(this.#home.path, 'started.json');
  }
}
