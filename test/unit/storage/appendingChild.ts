// A window that talks until it is killed. It tells on stdout what the store has acknowledged.
//   node appendingChild.mjs <storage folder> <name> <seed> <torn: 0|1>
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { systemClock } from '../../../src/shared/clock';
import { createConversationStore } from '../../../src/storage/conversationStore';
import { nodeFileSystem, type FileSystem } from '../../../src/storage/fileSystem';
import { seeded } from '../../support/seeded';
import { spoken } from './spoken';
import { answer, end, say, silentLogger, text } from './storeFixture';

/** One line of stdout: the turn whose start (a question) or end (an answer) is stored. */
export interface Acknowledged {
  readonly turnId: string;
  readonly length: number;
}

const [directory = '', name = '', seed = '0', torn = '0'] = process.argv.slice(2);
const random = seeded(Number(seed));

const store = createConversationStore({
  directory,
  memento: { get: () => undefined, update: () => Promise.resolve(), keys: () => [] },
  clock: systemClock,
  newId: randomUUID,
  logger: silentLogger,
  fileSystem: torn === '1' ? tearing(2 + Math.floor(random() * 30)) : nodeFileSystem,
});

/** Writes a random part of its `last` write, and dies of it. */
function tearing(last: number): FileSystem {
  let writes = 0;
  return {
    ...nodeFileSystem,
    create: async (file) => {
      const real = await nodeFileSystem.create(file);
      return {
        ...real,
        write: async (bytes) => {
          writes += 1;
          if (writes < last) return real.write(bytes);
          await real.write(bytes.subarray(0, Math.floor(random() * bytes.length)));
          process.kill(process.pid, 'SIGKILL');
          return new Promise<number>(() => undefined);
        },
      };
    },
  };
}

function acknowledge(acknowledged: Acknowledged): void {
  writeSync(1, `${JSON.stringify(acknowledged)}\n`);
}

let parent: string | null = null;
for (let n = 0; ; n++) {
  const length = Math.floor(200 * 1000 ** random());
  const [question, reply] = [`${name}-u${n}`, `${name}-a${n}`];
  await store.append('c1', say(question, parent, spoken(question, length)));
  acknowledge({ turnId: question, length });
  await store.append('c1', answer(reply, question));
  const whole = spoken(reply, length);
  for (let at = 0; at < length; at += 5000) {
    await store.append('c1', text(reply, at, whole.slice(at, at + 5000)));
  }
  await store.append('c1', end(reply));
  acknowledge({ turnId: reply, length });
  parent = reply;
}
