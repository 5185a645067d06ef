import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inRepo, repoRoot, temporaryFolder, type TemporaryFolder } from '../../support/folders';
import { runCommand } from '../../support/process';
import type { CriaWindowOptions } from '../support/criaWindow';

interface Entry {
  readonly isRecording?: boolean;
  readonly host?: string;
  readonly port?: number;
  /** Of a local socket. */
  readonly path?: string;
  readonly name?: string;
  readonly datagram?: boolean;
}

/** Every connection that is opened in the extension host of a window with this extension and environment. */
export class SocketLog {
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  static async create(): Promise<SocketLog> {
    const folder = await temporaryFolder('sockets');
    const vsce = inRepo('node_modules', '@vscode', 'vsce', 'vsce');
    await runCommand(
      process.execPath,
      [vsce, 'package', '--allow-missing-repository', '--skip-license', '--out', packageIn(folder)],
      { cwd: inRepo('test', 'support', 'socketRecorder') },
    );
    return new SocketLog(folder);
  }

  /** How a window is opened that records. */
  get options(): CriaWindowOptions {
    return {
      env: { CRIA_SOCKETS: this.#file },
      extensionFolder: repoRoot(),
      installed: [packageIn(this.#folder)],
    };
  }

  /** What the extension host reached over the network so far, each once: `host:port`, names, datagrams. */
  async reached(): Promise<readonly string[]> {
    const entries = await this.#entries();
    assert.ok(entries.some(({ isRecording }) => isRecording === true));
    return [...new Set(entries.flatMap(placeOf))].sort();
  }

  remove(): Promise<void> {
    return this.#folder.remove();
  }

  get #file(): string {
    return path.join(this.#folder.path, 'sockets.jsonl');
  }

  async #entries(): Promise<readonly Entry[]> {
    if (!existsSync(this.#file)) return [];
    const lines = (await readFile(this.#file, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Entry);
  }
}

function packageIn(folder: TemporaryFolder): string {
  return path.join(folder.path, 'recorder.vsix');
}

function placeOf({ host, port, name, datagram }: Entry): string[] {
  if (datagram === true) return ['a datagram'];
  if (name !== undefined) return [`the name ${name}`];
  return host === undefined ? [] : [`${host}:${String(port)}`];
}
