import type { ToWebview } from '../../../src/shared/protocol';
import type { Activity } from '../../../src/shared/turn';
import { activity, assistant, notRunning, snapshot, user } from './states';

const half = 'It promises three things: a message that was sent is kept, a stop closes the';

/** An answer in each state it can be in, by the state's name and by what else makes it look different. */
export const phases: Readonly<Record<string, readonly ToWebview[]>> = {
  connecting: phase('connecting'),
  queued: phase('queued', { elapsedMs: 3000 }),
  loadingUnknown: phase('loading', { elapsedMs: 14_000 }),
  prompting: phase('prompting', { elapsedMs: 6200 }),
  stalledDead: phase('stalled', { elapsedMs: 9000, probe: 'dead' }, half),
  failed: [
    snapshot({
      turns: [
        user('u1', 'Summarize what this module promises.'),
        assistant('a1', { activity: activity('failed'), notice: notRunning }),
      ],
    }),
  ],
  interrupted: [
    snapshot({
      turns: [
        user('u1', 'Summarize what this module promises.'),
        assistant('a1', {
          text: half,
          activity: activity('interrupted'),
          notice: {
            severity: 'warning',
            sentence: 'The answer was interrupted because the window closed.',
            detail: 'The partial answer is kept.',
            buttons: [
              { action: 'continue', label: 'Continue' },
              { action: 'retry', label: 'Retry' },
            ],
          },
        }),
      ],
    }),
  ],
  emptyAnswer: phase('done'),
};

function phase(
  state: Activity['state'],
  more: Partial<Activity> = {},
  text = '',
): readonly ToWebview[] {
  const turns = [
    user('u1', 'Summarize what this module promises.'),
    assistant('a1', { text, activity: activity(state, more) }),
  ];
  return [snapshot({ turns })];
}
