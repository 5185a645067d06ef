import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createCheckpointContext } from '../../../src/conversation/checkpointContext';
import type { Attachment, ConversationEvent, UserTurn } from '../../../src/shared/turn';
import { allAttachments, attachments } from '../../support/attachments';
import { say, turnsOf, Workspace } from './storeFixture';

const long: Attachment = { ...attachments.file, text: 'canary \ud83d '.repeat(20_000) };

async function holds(directory: string, words: string): Promise<boolean> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((entry) => readFile(path.join(entry.parentPath, entry.name), 'utf8')),
  );
  return texts.some((content) => content.includes(words));
}

const sayWith = (id: string, attached: readonly Attachment[]): ConversationEvent => ({
  kind: 'turnStarted',
  turn: {
    ...{ role: 'user', id, parent: null, createdAt: 1, text: 'Look' },
    attachments: [...attached],
  },
});

describe('attachments in the memory', () => {
  let workspace: Workspace;

  beforeEach(async () => {
    workspace = await Workspace.create();
  });

  afterEach(() => workspace.remove());

  async function readBack(
    event: ConversationEvent,
    conversation = 'c',
  ): Promise<UserTurn | undefined> {
    const before = workspace.window();
    await before.append(conversation, event);
    await before.close();
    const [turn] = turnsOf(await workspace.window().open(conversation));
    return turn?.role === 'user' ? turn : undefined;
  }

  it('are restored as they were, with their message', async () => {
    const turn = await readBack(sayWith('u', allAttachments));
    assert.deepEqual(turn?.attachments, allAttachments);
    assert.equal(turn.text, 'Look');
  });

  it('are restored when they are too long for a line of the log, half characters included', async () => {
    const turn = await readBack(sayWith('u', [long, attachments.folder]));
    assert.deepEqual(turn?.attachments, [long, attachments.folder]);
    const names = await readdir(path.join(workspace.directory, 'conversations', 'c'));
    assert.equal(names.filter((name) => name.endsWith('.blob')).length, 1);
  });

  it('are not there in a log that was written before there were any', async () => {
    const turn = await readBack(say('u', null, 'Hello'));
    assert.ok(turn && !('attachments' in turn));
  });

  it('keep the system prompt of their message, also in a blob', async () => {
    for (const [id, attached] of Object.entries({ u: allAttachments, v: [long] })) {
      const event = sayWith(id, attached);
      if (event.kind !== 'turnStarted' || event.turn.role !== 'user') continue;
      const turn = { ...event.turn, systemPrompt: 'Explain.' };
      assert.deepEqual(await readBack({ kind: 'turnStarted', turn }, id), turn);
    }
  });

  it('are gone with their message, from every file', async () => {
    const window = workspace.window();
    await window.append('c', sayWith('u', [long]));
    await window.append('c', sayWith('v', [{ ...attachments.diff, text: 'canary' }]));
    await window.append('c', { kind: 'turnDeleted', turnId: 'u' });
    await window.append('c', { kind: 'turnDeleted', turnId: 'v' });
    assert.equal(await holds(workspace.directory, 'canary'), true);
    await window.compact(0);
    assert.equal(await holds(workspace.directory, 'canary'), false);
  });

  it('count in the checkpoint, which keeps whole messages only', () => {
    const turn = { role: 'user', id: 'u', parent: null, createdAt: 1, text: 'Look' } as const;
    const kept = createCheckpointContext('c', 'T', [{ ...turn, attachments: [...allAttachments] }]);
    assert.deepEqual(kept.turns[0]?.start, { ...turn, attachments: allAttachments });
    const left = createCheckpointContext('c', 'T', [{ ...turn, attachments: [long] }]);
    assert.deepEqual([left.turns.length, left.leftOut], [0, 1]);
  });
});
