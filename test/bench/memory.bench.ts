import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { createCheckpointContext } from '../../src/conversation/checkpointContext';
import type { Conversation } from '../../src/conversation/conversation';
import { newestTurns } from '../../src/conversation/turnTree';
import type { TurnView } from '../../src/shared/protocol';
import type { Turn } from '../../src/shared/turn';
import { systemClock } from '../../src/shared/clock';
import { HistorySearch } from '../../src/history/historySearch';
import type { WorkspaceStore } from '../../src/storage/workspaceStore';
import { sized, type Bench, type BenchGroup } from '../support/bench';
import { launchBrowser } from '../support/browser';
import { PageHarness } from '../support/page/pageHarness';
import { assistant, snapshot, user } from '../support/page/states';
import { silentLogger } from '../unit/storage/storeFixture';
import { InstalledCria } from './activation/installedCria';
import { History, StateAlone, wordNumber } from './memory/history';

/** What remembering costs as a folder's history grows, against keeping it all in `workspaceState`. */

let small: History;
let large: History;
let state: StateAlone;
let browser: Browser;
let page: PageHarness;
let installed: InstalledCria;

async function start(): Promise<() => Promise<void>> {
  small = await History.of(1, 10_000);
  large = await History.of(sized(10, 2), sized(1_000_000, 20_000));
  state = await StateAlone.of(large);
  browser = await launchBrowser();
  page = await PageHarness.open(await browser.newPage());
  installed = await InstalledCria.pack();
  return async () => {
    await browser.close();
    await Promise.all([small, large, installed].map((made) => made.remove()));
  };
}

async function timed(run: () => unknown): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

/** A window that continues the newest conversation of the history. */
interface Seat {
  readonly store: WorkspaceStore;
  readonly conversation: Conversation;
}

async function sit(history: History, isSynced: boolean): Promise<Seat> {
  const store = history.open(isSynced);
  const conversation = await history.conversation(store, history.ids.at(-1) ?? '');
  return { store, conversation };
}

/** Milliseconds to save one message, all that a session does for it included. */
async function saveOne({ store, conversation }: Seat): Promise<number> {
  const [id, parent] = [randomUUID(), conversation.leaf];
  const text = 'And what about the tail of it?';
  const turn = { role: 'user', id, parent, createdAt: 0, text } as const;
  conversation.apply({ kind: 'turnStarted', turn });
  return timed(async () => {
    store.checkpoint(
      createCheckpointContext(conversation.id, conversation.title, conversation.path()),
    );
    await store.append(conversation.id, { kind: 'turnStarted', turn });
  });
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** Turn by turn, so that both meet the same moments of the machine. */
async function saves(isSynced: boolean, times: number): Promise<{ small: number; large: number }> {
  const seats = [await sit(small, isSynced), await sit(large, isSynced)] as const;
  const costs = { small: [] as number[], large: [] as number[] };
  for (let time = -sized(20, 1); time < times; time++) {
    const [ofSmall, ofLarge] = [await saveOne(seats[0]), await saveOne(seats[1])];
    // The first ones are not compiled yet.
    if (time < 0) continue;
    costs.small.push(ofSmall);
    costs.large.push(ofLarge);
  }
  for (const { store } of seats) await store.close();
  return { small: median(costs.small), large: median(costs.large) };
}

const saving: BenchGroup = {
  name: 'saving one message (median of 200)',
  rows: [
    {
      what: 'with 10 MB of history, against 10 KB',
      ...{ value: 'large', unit: 'ms', reference: 'small', most: 1.5 },
    },
    {
      what: 'with 10 MB, without sync, against 2 ms',
      ...{ value: 'large', unit: 'ms', reference: 'limit', most: 1 },
    },
    {
      what: 'with 10 MB, against all in workspaceState',
      ...{ value: 'large', unit: 'ms', reference: 'state' },
    },
    { what: 'with 10 MB, synced to the disk', value: 'synced', unit: 'ms' },
  ],
  measure: async () => ({
    ...(await saves(false, sized(200, 2))),
    synced: (await saves(true, sized(20, 1))).large,
    state: await timed(() => state.save('And what about the tail of it?')),
    limit: 2,
  }),
};

async function started(storage?: string): Promise<number> {
  const { cria, rest } = await installed.activate(storage);
  return cria + rest;
}

const activating: BenchGroup = {
  name: 'starting VS Code with 10 MB of history',
  rows: [
    {
      what: 'activation and the first command, against no history',
      ...{ value: 'large', unit: 'ms', reference: 'none', most: 1.1 },
    },
  ],
  // One after the other, so that both meet the same moments of the machine.
  measure: async () => ({
    none: await started(),
    large: await started(large.directory),
  }),
};

const restoring: BenchGroup = {
  name: 'opening the panel with 10 MB of history',
  rows: [
    {
      what: 'what was shown last is back, against all in workspaceState',
      ...{ value: 'restored', unit: 'ms', reference: 'state' },
    },
  ],
  measure: async () => {
    const store = large.open();
    const restored = await timed(() => store.restore());
    await store.close();
    return { restored, state: await timed(() => state.load()) };
  },
};

const opening: BenchGroup = {
  name: 'opening a conversation of 1 MB',
  rows: [
    {
      what: 'last screen is drawn, against 200 ms',
      ...{ value: 'last', unit: 'ms', reference: 'limit', most: 1 },
    },
    { what: 'of that, reading and folding', value: 'read', unit: 'ms' },
    {
      what: 'last screen, against drawing all of it',
      ...{ value: 'last', unit: 'ms', reference: 'whole' },
    },
  ],
  measure: async () => {
    const store = large.open();
    await page.post(snapshot());
    let path: readonly Turn[] = [];
    const read = await timed(async () => {
      path = (await large.conversation(store, large.ids[0] ?? '')).path();
    });
    const draw = (turns: readonly Turn[], earlier: number): Promise<number> =>
      timed(() => page.post(snapshot({ turns: turns.map(viewOf), earlier })));
    const { turns, earlier } = newestTurns(path, path.length);
    const last = read + (await draw(turns, earlier));
    await page.post(snapshot());
    const whole = read + (await draw(path, 0));
    await store.close();
    return { last, read, whole, limit: 200 };
  },
};

function viewOf({ role, id, text }: Turn): TurnView {
  return role === 'user' ? user(id, text) : assistant(id, { text });
}

const searching: BenchGroup = {
  name: 'searching 10 MB',
  rows: [
    {
      what: 'two words, once there is an index, against 100 ms',
      ...{ value: 'words', unit: 'ms', reference: 'limit', most: 1 },
    },
    {
      what: 'three letters of the most frequent one, against 100 ms',
      ...{ value: 'letters', unit: 'ms', reference: 'limit', most: 1 },
    },
    { what: 'building the index, in slices', value: 'build', unit: 'ms' },
    { what: 'taking in one more message', value: 'more', unit: 'ms' },
  ],
  measure: async () => {
    const store = large.open();
    const search = new HistorySearch({ store, clock: systemClock, logger: silentLogger });
    const build = await timed(async () => search.update(await store.summaries()));
    const words = await timed(() => expectHits(search.find(`${wordNumber(12)} ${wordNumber(34)}`)));
    const letters = await timed(() => expectHits(search.find(wordNumber(1).slice(0, 3))));
    await store.append(large.ids[0] ?? '', { kind: 'renamed', title: 'Another' });
    const more = await timed(async () => search.update(await store.summaries()));
    search.dispose();
    await store.close();
    return { build, words, letters, more, limit: 100 };
  },
};

function expectHits(hits: readonly unknown[]): void {
  if (hits.length < large.ids.length) throw new Error('Not every conversation was found.');
}

export const bench: Bench = { start, groups: [saving, activating, restoring, opening, searching] };
