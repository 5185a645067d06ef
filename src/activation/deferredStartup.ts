import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../shared/clock';
import type { Disposable } from '../ui/disposables';

export interface UnaskedDependencies {
  /** This workspace's storage; it may not exist. */
  readonly directory: string;
  /** The address may contain a name and a password, which must not stay in a file. */
  readonly holdsPassword: boolean;
  readonly clock: Clock;
  readonly wake: () => void;
}

/** By then the window has started. */
const startIsOverMs = 10_000;

/**
 * Loads the app without user action where something is due: a password in the address setting, stored
 * explanations to show and, after startup, conversations, in which deleted text may remain.
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
    // The folder is created with its first file; errors are reported when it is used.
    return false;
  }
}
