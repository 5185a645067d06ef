import type { Failure } from '../shared/turn';

/** A failure as the log has it: its kind, its status and what the server or the system said. */
export function failureWords({ kind, status, message }: Failure): string {
  return [kind, status, message].filter((part) => part !== undefined && part !== '').join(', ');
}
