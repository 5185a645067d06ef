import assert from 'node:assert/strict';
import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { FileAndSymbolLinks } from '../../src/codeBlocks/fileAndSymbolLinks';
import { systemClock } from '../../src/shared/clock';
import { fileLinkPrefix } from '../../src/shared/codeNames';
import { createDialect } from '../../src/shared/markdown/dialect';
import { eventually } from '../support/clock';
import { writeFile } from './support/extensionHost';
import { PanelBench } from './support/page';

describe('names of files in answers', () => {
  const names = new FileAndSymbolLinks(systemClock);

  it('L7: looks 1,000 names up in few searches, one after another, and follows no link', async () => {
    const uri = await writeFile('many/inner/found.ts', '');
    const link = path.join(path.dirname(uri.fsPath), 'out');
    await rm(link, { force: true });
    await symlink('/etc', link);
    const { findFiles } = vscode.workspace;
    let running = 0;
    let searches = 0;
    let most = 0;
    const counted = async (...args: Parameters<typeof findFiles>) => {
      searches += 1;
      running += 1;
      most = Math.max(most, running);
      try {
        return await findFiles(...args);
      } finally {
        running -= 1;
      }
    };
    Object.assign(vscode.workspace, { findFiles: counted });
    try {
      const asked = Array.from({ length: 1_000 }, (_, at) => `missing${at}.ts`).concat('found.ts');
      const batches = Array.from({ length: 21 }, (_, at) => asked.slice(at * 48, at * 48 + 48));
      const found = await Promise.all(batches.map((batch) => names.findExisting(batch)));
      assert.deepEqual(found.flat(), ['found.ts']);
      assert.deepEqual(await names.findExisting(['out/passwd', 'inner/out/hosts']), []);
    } finally {
      await rm(link, { force: true });
      Object.assign(vscode.workspace, { findFiles });
    }
    assert.ok(searches <= 22, String(searches));
    assert.equal(most, 1);
  });

  describe('case 13: links of an answer', () => {
    let panel: PanelBench;
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const root = folder?.uri.fsPath ?? '';

    before(async () => {
      panel = await PanelBench.start();
      panel.answerParts = {
        ...panel.answerParts,
        known: (all) => names.findExisting(all),
        open: (name) => names.open(name),
      };
      await panel.ready();
      const lines = Array.from({ length: 60 }, (_, at) => `// ${at + 1}`).join('\n');
      for (const file of [
        'links/src/cart.ts',
        'links/My File.ts',
        'links/app/(shop)/[id].ts',
        'links/größe.ts',
      ])
        await writeFile(file, lines);
    });
    after(async () => {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await panel.close();
    });

    /** What the page asks about, once it has rendered this. */
    function namesIn(answer: string): string[] {
      return createDialect()
        .parse(answer, {})
        .flatMap(({ children }) => children ?? [])
        .flatMap((token) => token.attrGet('data-file') ?? [])
        .map((file) => `${fileLinkPrefix}${file}`);
    }

    const opened: readonly (readonly [link: string, file: string, line: number])[] = [
      ['[a](links/src/cart.ts#L42-L48)', 'links/src/cart.ts', 42],
      ['[a](./links/src/cart.ts:12)', 'links/src/cart.ts', 12],
      ['[a](links/src/cart.ts:12:3)', 'links/src/cart.ts', 12],
      ['[a](links\\\\src\\\\cart.ts#L3)', 'links/src/cart.ts', 3],
      ['[a](/links/src/cart.ts#L4C2)', 'links/src/cart.ts', 4],
      ['[a](links/My%20File.ts)', 'links/My File.ts', 1],
      ['[a](links/My File.ts#L5)', 'links/My File.ts', 5],
      ['[a](<links/My File.ts:6>)', 'links/My File.ts', 6],
      ['[a](links/app/(shop)/[id].ts#L7)', 'links/app/(shop)/[id].ts', 7],
      ['[a](links/gr%C3%B6%C3%9Fe.ts:8)', 'links/größe.ts', 8],
      [`[a](${root}/links/src/cart.ts#L9)`, 'links/src/cart.ts', 9],
      [`[a](file://${root}/links/src/cart.ts#L10)`, 'links/src/cart.ts', 10],
      ['[a](src/cart.ts#L11)', 'links/src/cart.ts', 11],
      ['[a](links/src/cart.ts#L9999)', 'links/src/cart.ts', 60],
    ];
    for (const [link, file, line] of opened) {
      it(`opens ${link.replace(root, '/workspace')}`, async () => {
        const asked = namesIn(link);
        panel.say({ type: 'lookUp', names: asked });
        await eventually(() => assert.deepEqual(panel.of('names').at(-1)?.known, asked));
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        panel.say({ type: 'openName', name: asked[0] ?? '' });
        await eventually(() => {
          const editor = vscode.window.activeTextEditor;
          assert.equal(editor && vscode.workspace.asRelativePath(editor.document.uri), file);
          assert.equal(editor?.selection.active.line, line - 1);
        });
      });
    }

    it('leaves words of what is missing, outside the workspace, or no file', async () => {
      const asked = [
        ...[
          '[a](links/missing.ts)',
          '[a](../links/src/cart.ts)',
          '[a](/etc/passwd)',
          '[a](links/src)',
        ],
        ...['[a](file:///etc/passwd)', '[a](C:\\\\Windows\\\\win.ini)', '[a](~/.bashrc)'],
      ].flatMap(namesIn);
      assert.deepEqual(await names.findExisting(asked), []);
    });
  });
});
