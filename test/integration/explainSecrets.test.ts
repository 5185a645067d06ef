import assert from 'node:assert/strict';
import { rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { collectContext } from '../../src/explain/explainTarget';
import { ManualClock } from '../support/clock';
import { openFile, writeFile } from './support/extensionHost';

/** By the name that the code uses: the file that defines it, its text, and whether it may be sent unasked. */
const definitions = {
  openName: ['h2/lib/open.ts', 'export const openName = 1;', true],
  ignoredName: ['h2/private.ts', 'export const ignoredName = "canary-ignored";', false],
  nestedName: ['h2/lib/nested.ts', 'export const nestedName = "canary-nested";', false],
  jsonName: ['h2/service.key.json', '{ "jsonName": "canary-json" }', false],
  envName: ['h2/.env', 'envName=canary-env', false],
  tokenName: ['h2/lib/token.ts', `const tokenName = "ghp_${'a1'.repeat(18)}";`, false],
  linkedName: ['h2/linked/linked.ts', 'export const linkedName = "canary-linked";', false],
  excludedName: ['h2/node_modules/x.ts', 'export const excludedName = "canary-module";', false],
} as const;

type Name = keyof typeof definitions;

async function definedAround(names: readonly Name[]): Promise<readonly string[]> {
  const { document } = await openFile(
    `h2/use-${names.join('-')}.ts`,
    `use(${names.join(', ')});\n`,
  );
  const target = { document, first: 0, last: 0 };
  // No time passes here: a slow machine must not leave a definition out.
  const context = await collectContext(target, new ManualClock(), new AbortController().signal);
  return (context.definitions ?? []).map(({ path: file, code }) => `${file}: ${code}`);
}

describe('H2 the definitions that an explanation takes along', () => {
  let provider: vscode.Disposable;
  let outside: string;

  before(async () => {
    outside = path.join(os.tmpdir(), `cria-h2-${process.pid}`);
    await vscode.workspace.fs.createDirectory(vscode.Uri.file(outside));
    await writeFile('h2/.gitignore', 'private.ts\n');
    await writeFile('h2/lib/.gitignore', 'nested.*\n');
    const link = path.join((await writeFile('h2/lib/open.ts', '')).fsPath, '../../linked');
    await rm(link, { force: true });
    await symlink(outside, link);
    const places = new Map<string, vscode.Location>();
    for (const [name, [file, text]] of Object.entries(definitions)) {
      const uri = await writeFile(file, `${text}\n`);
      places.set(name, new vscode.Location(uri, new vscode.Position(0, 0)));
    }
    provider = vscode.languages.registerDefinitionProvider('typescript', {
      provideDefinition: (document, position) =>
        places.get(document.getText(document.getWordRangeAtPosition(position))),
    });
  });

  after(async () => {
    provider.dispose();
    await rm(outside, { recursive: true, force: true });
  });

  it('H2: are those of files that may be read unasked', async () => {
    const [file, text] = definitions.openName;
    assert.deepEqual(await definedAround(['openName']), [`${file}: ${text}\n`]);
  });

  for (const [name, [file, , isOpen]] of Object.entries(definitions)) {
    if (isOpen) continue;
    it(`H2: are not taken from ${file}, nor do they ask`, async () => {
      const [openFileName] = definitions.openName;
      const found = await definedAround([name as Name, 'openName']);
      assert.deepEqual(
        found.map((each) => each.split(':', 1)[0]),
        [openFileName],
      );
    });
  }
});
