import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BenchGroup } from '../../support/bench';
import { runExtensionTests } from '../../support/extensionTests';
import { HumanError } from '../../support/process';
import { inRepo, temporaryFolder } from '../../support/folders';
import type { FirstTokens } from './firstToken.inHost';

/** How long the first token takes inside the extension host, whose `http` VS Code has patched for proxies. */
export function firstTokenGroups(port: () => number): readonly BenchGroup[] {
  let taken: Promise<FirstTokens> | undefined;
  const group = (state: keyof FirstTokens, connection: string): BenchGroup => {
    let sample = 0;
    return {
      name: `the first token inside the extension host, on ${connection} (${state})`,
      rows: [{ what: 'first token, against raw', value: 'cria', unit: 'ms', reference: 'raw' }],
      measure: async () => {
        taken ??= measureInHost(port());
        const next = (await taken)[state][sample++];
        if (next === undefined) throw new HumanError('No sample of the extension host is left.');
        return next;
      },
    };
  };
  return [group('cold', 'a new connection'), group('warm', 'a kept one')];
}

async function measureInHost(port: number): Promise<FirstTokens> {
  const folder = await temporaryFolder('bench');
  const workspaceFolder = path.join(folder.path, 'workspace');
  const file = path.join(folder.path, 'samples.json');
  const logFile = inRepo('artifacts', 'bench', 'host.log');
  await mkdir(workspaceFolder);
  try {
    const exit = await runExtensionTests({
      entry: inRepo('.cache', 'test', 'bench', 'client', 'firstToken.inHost.js'),
      workspaceFolder,
      env: { CRIA_BENCH_PORT: String(port), CRIA_BENCH_FILE: file },
      logFile,
    });
    if (exit !== 0) throw new HumanError(`The bench inside VS Code failed; see ${logFile}.`);
    return JSON.parse(await readFile(file, 'utf8')) as FirstTokens;
  } finally {
    await folder.remove();
  }
}
