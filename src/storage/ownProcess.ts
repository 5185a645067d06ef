import { hostname } from 'node:os';
import { errorCode } from './fileSystem';

/** This process, as other windows on the same storage can know it. */
export interface OwnProcess {
  readonly pid: number;
  /** Two machines, or containers, may share a storage; a process is looked for on its own only. */
  readonly host: string;
  isRunning(pid: number): boolean;
}

export const nodeProcess: OwnProcess = {
  pid: process.pid,
  host: hostname(),
  isRunning(pid) {
    try {
      // Signal 0 only asks.
      return process.kill(pid, 0);
    } catch (error) {
      return errorCode(error) !== 'ESRCH';
    }
  },
};
