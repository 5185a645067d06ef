import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  findOllama,
  getOllamaPaths,
  isSystemService,
  type Served,
  serveOllama,
  type ServeOptions,
} from '../../../src/server/ollamaProcess';
import { systemClock } from '../../../src/shared/clock';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';
import { silentLogger } from '../storage/storeFixture';

describe('Ollama’s program', () => {
  it('is looked for in the PATH, but not in folders relative to the workspace', () => {
    const env = { PATH: '.:bin::/usr/bin:/opt/tools' };
    assert.deepEqual(getOllamaPaths({ platform: 'linux', env, home: '/home/ada' }), [
      ...['/usr/bin/ollama', '/opt/tools/ollama', '/usr/local/bin/ollama'],
      ...['/snap/bin/ollama', '/home/ada/.local/bin/ollama'],
    ]);
  });

  it('is looked for where its installers put it', () => {
    const mac = getOllamaPaths({ platform: 'darwin', env: {}, home: '/Users/ada' });
    assert.ok(mac.includes('/Applications/Ollama.app/Contents/Resources/ollama'));
    assert.ok(mac.includes('/opt/homebrew/bin/ollama'));
    const env = { Path: '"C:\\Tools";relative', LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' };
    assert.deepEqual(getOllamaPaths({ platform: 'win32', env, home: 'C:\\Users\\ada' }), [
      'C:\\Tools\\ollama.exe',
      'C:\\Users\\ada\\AppData\\Local\\Programs\\Ollama\\ollama.exe',
      'C:\\Program Files\\Ollama\\ollama.exe',
    ]);
  });
});

describe('Ollama’s system service', () => {
  const unit = '/etc/systemd/system/ollama.service';
  const exists = (file: string): Promise<boolean> => Promise.resolve(file === unit);
  const none = (): Promise<boolean> => Promise.resolve(false);

  it('is found by its unit, on Linux only', async () => {
    assert.equal(await isSystemService({ platform: 'linux', env: {} }, exists), true);
    assert.equal(await isSystemService({ platform: 'linux', env: {} }, none), false);
    assert.equal(await isSystemService({ platform: 'darwin', env: {} }, exists), false);
  });

  it('does not matter where the user has set a model folder', async () => {
    const env = { OLLAMA_MODELS: '/data/models' };
    assert.equal(await isSystemService({ platform: 'linux', env }, exists), false);
  });
});

describe('starting Ollama', () => {
  let folder: TemporaryFolder;
  let program: string;
  const said: string[] = [];
  const logger = { ...silentLogger, info: (line: string) => void said.push(line) };

  /** A program that does what these lines of Node say, and is called as Ollama is. */
  async function fake(body: string): Promise<void> {
    program = path.join(folder.path, 'bin', 'ollama');
    await mkdir(path.dirname(program), { recursive: true });
    await writeFile(program, `#!${process.execPath}\n${body}\n`);
    await chmod(program, 0o755);
  }

  function serve(
    answers: () => Promise<boolean>,
    signal?: AbortSignal,
    more: Partial<Pick<ServeOptions, 'host' | 'env'>> = {},
  ): Promise<Served> {
    return serveOllama({
      ...{ program, host: '127.0.0.1:11999', env: { HOME: folder.path }, logger, ...more },
      ...{ logFolder: path.join(folder.path, 'logs'), clock: systemClock, answers },
      signal: signal ?? new AbortController().signal,
    });
  }

  beforeEach(async () => {
    folder = await temporaryFolder('start');
    said.length = 0;
  });
  afterEach(() => folder.remove());

  it('runs the program as it is, with a name a shell would trip over, and waits for its answer', async function () {
    if (process.platform === 'win32') this.skip();
    const marker = path.join(folder.path, 'started');
    await fake(
      `const fs = require('node:fs');
       console.log('listening on ' + process.env.OLLAMA_HOST);
       fs.writeFileSync(${JSON.stringify(marker)}, JSON.stringify(process.argv.slice(2)));`,
    );
    const strange = path.join(folder.path, 'a; touch $(pwd) b');
    await mkdir(strange);
    await writeFile(path.join(strange, 'ollama'), await readFile(program));
    await chmod(path.join(strange, 'ollama'), 0o755);
    program = path.join(strange, 'ollama');
    const isThere = (): Promise<boolean> =>
      readFile(marker, 'utf8').then(
        () => true,
        () => false,
      );
    assert.deepEqual(await serve(isThere), { kind: 'answers' });
    assert.deepEqual(JSON.parse(await readFile(marker, 'utf8')), ['serve']);
    assert.ok(said.some((line) => line.startsWith(`Starting ${program} serve`)));
  });

  it('says why it ended, with its last words, which are in the log too', async function () {
    if (process.platform === 'win32') this.skip();
    await fake(`console.error('Error: listen tcp: address already in use'); process.exit(1);`);
    const served = await serve(() => Promise.resolve(false));
    const lastLine = 'Error: listen tcp: address already in use';
    assert.deepEqual(served, { kind: 'ended', reason: 'exit code 1', lastLine });
    assert.ok(said.includes(`ollama: ${lastLine}`));
  });

  it('lets it listen where its own environment says, when no address is set', async function () {
    if (process.platform === 'win32') this.skip();
    await fake(`console.log('listening on ' + process.env.OLLAMA_HOST); process.exit(1);`);
    const env = { OLLAMA_HOST: '0.0.0.0:11999' };
    const served = await serve(() => Promise.resolve(false), undefined, { env, host: undefined });
    assert.equal(served.kind === 'ended' && served.lastLine, 'listening on 0.0.0.0:11999');
  });

  it('waits no longer than the person does', async function () {
    if (process.platform === 'win32') this.skip();
    await fake(`console.log(process.pid); setTimeout(() => {}, 20_000);`);
    const abort = new AbortController();
    abort.abort();
    assert.deepEqual(await serve(() => Promise.resolve(false), abort.signal), { kind: 'gaveUp' });
    // It keeps running, like one that was started by hand: this test ends what it started.
    const pid = said
      .map((line) => Number(/^ollama: (\d+)$/u.exec(line)?.[1]))
      .find((one) => one > 0);
    if (pid !== undefined) process.kill(pid);
  });

  it('finds the program in the PATH, and nothing that cannot be run', async function () {
    if (process.platform === 'win32') this.skip();
    await fake('');
    const env = { PATH: path.dirname(program) };
    const surroundings = { platform: 'linux', env, home: folder.path } as const;
    assert.equal(await findOllama(surroundings), program);
    const folderOfThatName = { ...surroundings, env: { PATH: path.join(folder.path, 'folders') } };
    await mkdir(path.join(folder.path, 'folders', 'ollama'), { recursive: true });
    assert.notEqual(
      await findOllama(folderOfThatName),
      path.join(folder.path, 'folders', 'ollama'),
    );
    await chmod(program, 0o644);
    const isRoot = process.getuid?.() === 0;
    const found = await findOllama(surroundings);
    if (!isRoot) assert.notEqual(found, program);
  });
});
