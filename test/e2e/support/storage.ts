import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CriaWindow } from './criaWindow';

/** Where VS Code lets Cria keep the files of the workspaces that were opened in a window. */
export async function storages({ host }: CriaWindow): Promise<string[]> {
  const root = path.join(host.userDataFolder, 'User', 'workspaceStorage');
  const found: string[] = [];
  for (const name of await readdir(root)) {
    const storage = path.join(root, name, 'cria.cria');
    if ((await namesIn(storage)).length > 0) found.push(storage);
  }
  return found;
}

/** The process of each extension host that shows a conversation, as its presence file says. */
export async function extensionHosts(storage: string): Promise<number[]> {
  const folder = path.join(storage, 'windows');
  const pids: number[] = [];
  for (const name of (await namesIn(folder)).filter((each) => !each.endsWith('.tmp'))) {
    const said = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as { pid: number };
    pids.push(said.pid);
  }
  return pids;
}

/** Kills each extension host that shows a conversation. */
export async function killHosts(window: CriaWindow): Promise<void> {
  const pids = (await Promise.all((await storages(window)).map(extensionHosts))).flat();
  assert.ok(pids.length > 0, 'no host says that it shows a conversation');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

/** None where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
