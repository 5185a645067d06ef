import path from 'node:path';
import * as vscode from 'vscode';
import { linePrefix, runMocha } from '../support/mocha';

/**
 * What VS Code calls in its extension host: runs every `*.test.ts` of this folder.
 *
 * @throws when a test failed, which makes VS Code's exit code 1
 */
export async function run(): Promise<void> {
  const timeout = 30_000;
  const { failures } = await runMocha({
    tests: __dirname,
    timeout,
    prefix: linePrefix,
    isForeign: isOfVscode,
  });
  if (failures.length > 0) throw new Error(`${failures.length} failed`);
}

/** VS Code's own extensions run in this process, too: the one for Git writes to a Git that has ended. */
function isOfVscode({ stack = '' }: Error): boolean {
  return stack.includes(path.join(vscode.env.appRoot, 'extensions'));
}
