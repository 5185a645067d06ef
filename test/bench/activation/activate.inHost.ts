import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';

/**
 * Milliseconds of the processor to read an extension's code and activate it, and to do that with an empty
 * one: what else runs on the machine is not counted.
 */
export interface Activation {
  readonly cria: number;
  readonly empty: number;
  /** What Cria's first command adds: all that is not read at activation. */
  readonly rest: number;
  readonly [name: string]: number;
}

/**
 * What VS Code calls in its extension host: activates both extensions, which do not activate by
 * themselves here, after the host has come to rest. Writes {@link Activation} to `CRIA_BENCH_FILE`.
 */
export async function run(): Promise<void> {
  const storage = process.env['CRIA_BENCH_STORAGE'];
  if (storage !== undefined) await cp(storage, await storageOfCria(), { recursive: true });
  // What VS Code's own extensions do at the start would be counted, too.
  await comeToRest();
  const first = await activate('cria.empty-first');
  const cria = await activate('cria.cria');
  const second = await activate('cria.empty-second');
  // Nothing runs, so it does nothing else.
  const rest = await processorTime(() => vscode.commands.executeCommand('cria.stop'));
  const activation: Activation = { cria, empty: Math.min(first, second), rest };
  await writeFile(process.env['CRIA_BENCH_FILE'] ?? '', JSON.stringify(activation));
}

/** VS Code keeps the files of a workspace's extensions side by side. */
async function storageOfCria(): Promise<string> {
  const runner = vscode.extensions.getExtension<string>('cria.runner');
  if (runner === undefined) throw new Error('The extension that is developed is not there.');
  return path.join(path.dirname(await runner.activate()), 'cria.cria');
}

async function activate(id: string): Promise<number> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined || extension.isActive) throw new Error(`${id} cannot be activated.`);
  return processorTime(() => extension.activate());
}

/** What it has begun, and what VS Code answers to it, counts too: the host is at rest again well before. */
const settleMs = 250;

async function processorTime(run: () => Thenable<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  await run();
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
}

/** Resolves when the event loop was hardly used for a while. */
async function comeToRest(): Promise<void> {
  for (let before = performance.eventLoopUtilization(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = performance.eventLoopUtilization();
    if (performance.eventLoopUtilization(now, before).utilization < 0.05) return;
    before = now;
  }
}
