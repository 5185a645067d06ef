import type { Bench, Sample } from '../support/bench';
import { InstalledCria } from './activation/installedCria';

/** What Cria adds to the start of a window: the installed package, next to empty extensions. */

/** The most that activation may take, in milliseconds, beyond what an empty extension takes. */
const GOAL = 15;

let installed: InstalledCria;

async function start(): Promise<() => Promise<void>> {
  installed = await InstalledCria.pack();
  return () => installed.remove();
}

export const bench: Bench = {
  start,
  groups: [
    {
      name: 'activation of the installed package, code and all',
      rows: [
        { what: 'against an empty one', value: 'cria', unit: 'ms', reference: 'empty' },
        {
          what: 'beyond it, against the goal',
          value: 'own',
          unit: 'ms',
          reference: 'goal',
          most: 1,
        },
        { what: 'all the rest, with the first command', value: 'rest', unit: 'ms' },
      ],
      measure: async (): Promise<Sample> => {
        const { cria, empty, rest } = await installed.activate();
        return { cria, empty, own: cria - empty, goal: GOAL, rest };
      },
    },
  ],
};
