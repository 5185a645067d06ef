import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { insertIntoTerminal } from '../../src/codeBlocks/applyBlock';
import { eventually } from '../support/clock';
import { temporaryFolder, type TemporaryFolder } from '../support/folders';

const escape = '\u001b';

/** Each would leave a file behind if the terminal ran it; `@` is the name of that file. */
const payloads: readonly string[] = [
  'touch @\n',
  'touch @\r',
  'touch @\r\n',
  '\ntouch @\n',
  '\n\n\rtouch @\r\r',
  'touch @\n\n',
  'touch @\u0085',
  'touch @\u2028',
  'touch @\u2029',
  'touch @\v',
  'touch @\f',
  'touch @\0\n',
  'echo one\ntouch @',
  'echo one\rtouch @',
  'echo one\u0085touch @\n',
  'touch @ \\\n\n',
  `${escape}[200~touch @${escape}[201~\r`,
  `${escape}[201~\rtouch @\r`,
  `touch @${escape}[201~\n`,
  `${escape}]0;title\u0007touch @\r`,
  `${escape}Ptouch @${escape}\\\r`,
  `${escape}[2Jtouch @\r`,
  'touch @\u0004',
  'touch @\u000f',
  'touch @\u0003\rtouch @\r',
  'touch @\u0018\u0005\r',
  'touch @\t\t\n',
  '\u0012touch @\r',
  'touch @\u009b1~\r',
  'touch @\u008d',
  'touch @\u0084\n',
  'touch @;\n',
  'touch @ &\n',
  '$(touch @)\n',
  '`touch @`\n',
  'true && touch @\r',
  'touch @ #\n',
  'if true; then touch @; fi\n',
  '{ touch @; }\r',
  "eval 'touch @'\n",
  "bash -c 'touch @'\r\n",
];

describe(`${payloads.length} pieces of code in a real terminal`, () => {
  let folder: TemporaryFolder;
  let terminal: vscode.Terminal;

  before(async () => {
    folder = await temporaryFolder('terminal');
    terminal = vscode.window.createTerminal({
      name: 'Cria tests',
      shellPath: '/bin/bash',
      shellArgs: ['--norc', '--noprofile'],
      cwd: folder.path,
    });
    terminal.show();
    await eventually(() => assert.equal(vscode.window.activeTerminal, terminal));
    await run('ready');
  });

  after(async () => {
    terminal.dispose();
    await folder.remove();
  });

  /** Lets the shell make a file, and waits until it is there: what it was given before has been read. */
  async function run(name: string): Promise<void> {
    // Ctrl+E and Ctrl+U clear the line.
    terminal.sendText('\u0005\u0015', false);
    terminal.sendText(`touch ${name}`);
    await eventually(() => assert.ok(existsSync(path.join(folder.path, name)), name));
  }

  it('are not run: none leaves its file behind', async () => {
    assert.ok(payloads.length >= 40);
    for (const [index, payload] of payloads.entries()) {
      await insertIntoTerminal(payload.replaceAll('@', `ran-${index}`));
      await run(`after-${index}`);
    }
    const left = await readdir(folder.path);
    assert.deepEqual(
      left.filter((name) => name.startsWith('ran')),
      [],
    );
    assert.equal(left.length, payloads.length + 1);
  });

  it('are in its line, and run when the user presses Enter', async () => {
    await insertIntoTerminal('touch wanted\n');
    terminal.sendText('', true);
    await eventually(() => assert.ok(existsSync(path.join(folder.path, 'wanted'))));
  });
});
