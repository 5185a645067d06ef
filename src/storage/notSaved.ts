import type { StoreNotice } from '../conversation/ports';
import { errorCode } from './fileSystem';

/** What is said of a record that could not be written. */
export function notSaved(error: unknown): StoreNotice {
  const code = errorCode(error);
  return { kind: 'notSaved', message: messageOf(error), ...(code === undefined ? {} : { code }) };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
