import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, cacheFolder } from '../../support/download';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';
import { HumanError, runCommand, startNode } from '../../support/process';
import { requireCompiler } from '../../support/vscodeInstall';

describe('the harness', () => {
  const { CRIA_CACHE, PATH } = process.env;
  let folder: TemporaryFolder;

  const write =
    (text: string) =>
    (to: string): Promise<void> =>
      writeFile(path.join(to, 'file'), text);

  beforeEach(async () => {
    folder = await temporaryFolder('harness');
    process.env['CRIA_CACHE'] = folder.path;
  });

  afterEach(async () => {
    if (CRIA_CACHE === undefined) delete process.env['CRIA_CACHE'];
    else process.env['CRIA_CACHE'] = CRIA_CACHE;
    process.env['PATH'] = PATH;
    await folder.remove();
  });

  it('keeps downloads where CRIA_CACHE says, else below XDG_CACHE_HOME', () => {
    assert.equal(cacheFolder({ CRIA_CACHE: '/a/b', XDG_CACHE_HOME: '/x' }), path.resolve('/a/b'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/x' }), path.join('/x', 'cria-dev'));
  });

  it('downloads once, also when two want the same at the same time', async () => {
    const fills = ['one', 'two'].map((text) => cached('npm/thing-1', write(text)));
    const [first = '', second] = await Promise.all(fills);
    assert.equal(second, first);
    assert.equal(await cached('npm/thing-1', write('three')), first);
    assert.equal(await readFile(path.join(first, 'file'), 'utf8'), 'one');
  });

  it('keeps nothing of a download that failed or was killed', async () => {
    const fail = async (to: string): Promise<void> => {
      await write('half')(to);
      throw new Error('cut off');
    };
    await assert.rejects(cached('thing', fail), /cut off/u);
    const killed = path.join(folder.path, 'thing.unfinished-abc');
    const longAgo = new Date(Date.now() - 7_200_000);
    await mkdir(killed);
    await utimes(killed, longAgo, longAgo);
    await cached('thing', write('whole'));
    assert.deepEqual(await readdir(folder.path), ['thing']);
  });

  it('ends a background process with the process that started it', async () => {
    const server = path.join(folder.path, 'server.mjs');
    const parent = path.join(folder.path, 'parent.mjs');
    await writeFile(server, 'setInterval(() => undefined, 1_000); console.log("ready");');
    const wrapper = JSON.stringify(path.resolve('test/support/endWithParent.mjs'));
    await writeFile(
      parent,
      `import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, [${wrapper}, ${JSON.stringify(server)}], { detached: true });
      child.stdout.once('data', () => {
        console.log(child.pid);
        process.kill(process.pid, 'SIGKILL');
      });`,
    );
    const running = startNode(process.execPath, [parent]);
    const [, pid = ''] = await running.printed(/(\d+)\n/u);
    await assert.rejects(running.printed(/never/u), /ended early/u);
    await runCommand(process.execPath, [
      '-e',
      `setInterval(() => { try { process.kill(${pid}, 0); } catch { process.exit(); } }, 20)`,
    ]);
  });

  it('names in one sentence what is missing to compile the oldest VS Code', async () => {
    process.env['PATH'] = folder.path;
    await assert.rejects(
      requireCompiler(),
      (error) =>
        error instanceof HumanError && error.message.includes('missing: c++, make, python3'),
    );
  });
});
