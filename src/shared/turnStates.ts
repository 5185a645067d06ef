/** Where an answer stands. The first seven are passing, the last five are final. */
export const turnStates = [
  'connecting',
  'queued',
  'loading',
  'prompting',
  'thinking',
  'answering',
  'stalled',
  'done',
  'stopped',
  'failed',
  'truncated',
  'interrupted',
] as const;
export type TurnState = (typeof turnStates)[number];

export const runningStates = turnStates.slice(0, 7) as readonly TurnState[];

export function isRunning(state: TurnState): boolean {
  return runningStates.includes(state);
}
