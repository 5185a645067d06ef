import assert from 'node:assert/strict';
import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { FileAndSymbolLinks } from '../../src/codeBlocks/fileAndSymbolLinks';
import { systemClock } from '../../src/shared/clock';
import { writeFile } from './support/extensionHost';

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
});
