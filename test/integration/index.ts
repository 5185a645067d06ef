import path from 'node:path';
import * as vscode from 'vscode';
import { integrationLine } from '../support/integrationLine';
import { findTests, runMocha } from '../support/runMocha';

/**
 * What VS Code calls in its extension host: runs every `*.test.ts` of this folder.
 *
 * @throws when a test failed, which makes VS Code's exit code 1
 */
export async function run(): Promise<void> {
  const grep = process.env['CRIA_TEST_GREP'];
  const countsFile = process.env['CRIA_TEST_COUNTS'];
  const { failures } = await runMocha({
    files: await findTests(__dirname),
    timeout: 30_000,
    linePrefix: integrationLine,
    isForeign: isOfVscode,
    ...(grep ? { grep } : {}),
    ...(countsFile ? { countsFile } : {}),
  });
  if (failures.length > 0) throw new Error(`${failures.length} failed`);
}

/** Its own extensions run in this process, too: the one for Git writes to a Git that has ended. */
function isOfVscode({ stack = '' }: Error): boolean {
  return stack.includes(path.join(vscode.env.appRoot, 'extensions'));
}
