import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { build } from 'esbuild';
import { Conversation } from '../../../src/conversation/conversation';
import type { Acknowledged } from './appendingChild';
import { seeded } from '../../support/seeded';
import { spoken } from './spoken';
import { end, answer, say, text, Workspace } from './storeFixture';

/** Raised for a long search; the usual number keeps the suite short. */
const runs = Number(process.env['CRIA_KILL_RUNS'] ?? 15);

describe('a window that is killed', () => {
  let tools: Workspace;
  let child = '';
  let acknowledged = 0;
  before(async () => {
    tools = await Workspace.create();
    child = path.join(path.dirname(tools.directory), 'appendingChild.mjs');
    await build({
      entryPoints: [path.resolve('test/unit/storage/appendingChild.ts')],
      outfile: child,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    });
  });
  after(async () => {
    await tools.remove();
    process.stdout.write(`      ${runs * 2} kills, ${acknowledged} acknowledged turns, 0 lost\n`);
  });

  /** Runs a window until it is dead. Returns what it reported as stored. */
  async function talkUntilKilled(
    directory: string,
    seed: number,
    torn: boolean,
  ): Promise<Acknowledged[]> {
    const random = seeded(seed);
    const args = [child, directory, 'dead', String(seed), torn ? '1' : '0'];
    const running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const dead = once(running, 'exit');
    const heard: Acknowledged[] = [];
    const enough = 1 + Math.floor(random() * 30);
    for await (const line of createInterface({ input: running.stdout })) {
      heard.push(JSON.parse(line) as Acknowledged);
      if (torn || heard.length !== enough) continue;
      // Some moment within the next records; whichever it is, the same must hold.
      for (let turns = random() * 400; turns > 0; turns--) await nextTurn();
      running.kill('SIGKILL');
    }
    assert.deepEqual(await dead, [null, 'SIGKILL']);
    return heard;
  }

  async function checkAll(workspace: Workspace, heard: readonly Acknowledged[]): Promise<void> {
    const stored = await workspace.window().open('c1');
    const conversation = new Conversation('c1', stored?.events ?? []);
    for (const { turnId, length } of heard) {
      const turn = conversation.turn(turnId);
      assert.ok(turn, `${turnId} was acknowledged and is lost`);
      assert.ok(turn.text === spoken(turnId, length), `the text of ${turnId} is not whole`);
      assert.ok(turn.role === 'user' || turn.end, `the end of ${turnId} is lost`);
      acknowledged += 1;
    }
  }

  it(`M2 loses nothing that was acknowledged, at ${runs} random moments`, async function () {
    this.timeout(2_000 * runs);
    for (let seed = 1; seed <= runs; seed++) {
      const workspace = await Workspace.create();
      const heard = await talkUntilKilled(workspace.directory, seed, false);
      assert.ok(heard.length > 0);
      await checkAll(workspace, heard);
      await workspace.remove();
    }
  });

  it(`M1 loses nothing when it tears a record, while a second window keeps writing (${runs})`, async function () {
    this.timeout(2_000 * runs);
    for (let seed = 1; seed <= runs; seed++) {
      const workspace = await Workspace.create();
      const dying = talkUntilKilled(workspace.directory, seed, true);
      const own: Acknowledged[] = [];
      const store = workspace.window();
      const speak = async (n: number): Promise<void> => {
        const [question, reply] = [`live-u${n}`, `live-a${n}`];
        await store.append('c1', say(question, null, spoken(question, 300)));
        await store.append('c1', answer(reply, question));
        await store.append('c1', text(reply, 0, spoken(reply, 300)));
        await store.append('c1', end(reply));
        own.push({ turnId: question, length: 300 }, { turnId: reply, length: 300 });
      };
      for (let n = 0; n < 10; n++) await speak(n);
      const heard = await dying;
      for (let n = 10; n < 15; n++) await speak(n);
      await checkAll(workspace, [...own, ...heard]);
      await workspace.remove();
    }
  });
});
