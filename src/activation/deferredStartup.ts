import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../shared/clock';
import type { Disposable } from '../ui/disposables';

export interface UnaskedDependencies {
  /** Where this workspace's conversations and explanations are; it need not exist. */
  readonly directory: string;
  /** The address may hold a name and a password, which must not stay in a file. */
  readonly holdsPassword: boolean;
  readonly clock: Clock;
  readonly wake: () => void;
}

/** By then the window has started, and what is left to do takes time from nobody. */
const startIsOverMs = 10_000;

/**
 * Some things must be seen to though nobody uses Cria in this window: a password that stands in a file,
 * the explanations that stand in the code, and, once the start is over, conversations: what was deleted
 * may still be in them.
 */
export function startDeferred(deps: UnaskedDependencies): Disposable {
  const { directory, holdsPassword, clock, wake } = deps;
  const wakeFor = async (folder: string): Promise<void> => {
    if (await holdsFiles(path.join(directory, folder))) wake();
  };
  if (holdsPassword) wake();
  void wakeFor('explain');
  const cancel = clock.after(startIsOverMs, () => void wakeFor('conversations'));
  return { dispose: cancel };
}

async function holdsFiles(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    // It is made with the first file; what is wrong with a folder is said when it is used.
    return false;
  }
}
