import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../support/clock';
import { inRepo, temporaryFolder, type TemporaryFolder } from '../../support/folders';
import { runCommand } from '../../support/process';
import type { ChatPanel } from '../support/chatPanel';
import type { CriaWindow } from '../support/criaWindow';
import { settingsFor, useWindow } from '../support/fixture';
import { type EventName, panelEvents } from './panelEvents';
import { isStored, openThinking, readScroll, readThinking, readTurns, scrollUp } from './seenTurns';
import { namesIn, storages } from '../support/storage';
import { type PhaseName, SteppedAnswer, turnPhases } from './turnPhases';

/** Each event once, and each phase; `CRIA_LIFECYCLE=all` tries each event in each phase. */
const fewCases: Readonly<Record<EventName, readonly PhaseName[]>> = {
  hidden: ['thinking'],
  moved: ['connecting'],
  'taken out of the side bar': ['loading'],
  'given other settings': ['prompting'],
  'given another address': ['stalled'],
  reloaded: ['answering', 'done'],
  'killed with its host': ['answering'],
  // L2 tries that while an answer comes.
  'killed and reloaded': [],
};
const allPhases = Object.keys(turnPhases) as PhaseName[];
const allEvents = Object.keys(panelEvents) as EventName[];
const phasesOf = (event: EventName): readonly PhaseName[] =>
  process.env['CRIA_LIFECYCLE'] === 'all' ? allPhases : fewCases[event];

/** So long that the panel has to scroll. */
const lines = Array.from({ length: 60 }, (_, index) => `Line ${index + 1} of the question.`);

const nothing = (): Promise<void> => Promise.resolve();

describe('the life of the panel', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await temporaryFolder('lifecycle');
    const tool = inRepo('.cache', 'tools', 'package.mjs');
    await runCommand(process.execPath, [tool, path.join(folder.path, 'cria.vsix')]);
  });
  after(() => folder.remove());
  // VS Code starts no other host after one that ran an extension from its folder.
  const shared = useWindow((server) => ({
    installed: [path.join(folder.path, 'cria.vsix')],
    settings: settingsFor(server),
  }));
  let chat: ChatPanel;
  let answer: SteppedAnswer;
  let question: string;
  let draft: string;

  before(() => {
    ({ chat } = shared.window);
  });

  afterEach(() => {
    answer.end();
    shared.server.off();
  });

  // Killed three times within five minutes, a host is not started again: a reload has to lie between.
  for (const phase of allPhases) {
    for (const event of allEvents.filter((each) => phasesOf(each).includes(phase))) {
      it(`L1 keeps the messages when it is ${event} (${phase})`, async () => {
        await begin(phase, `Is it ${event} while it is ${phase}?`);
        if (phase === 'done') await staysAsItIs(event);
        else if (panelEvents[event].answer === 'goesOn') await goesOn(event);
        else await isInterrupted(event);
      });
    }
  }

  /** Asks, lets the answer come to that phase, and begins the next message. */
  async function begin(phase: PhaseName, title: string): Promise<void> {
    const { come, states, ps } = { ps: undefined, ...turnPhases[phase] };
    question = [title, ...lines].join('\n');
    draft = `Next: ${title}`;
    await chat.open();
    await chat.messageBox().fill('');
    await chat.newConversation();
    shared.server.forget();
    if (ps) shared.server.on('/api/ps', ps);
    answer = new SteppedAnswer(shared.server);
    await chat.send(question);
    await shared.server.received('/api/chat');
    await answer.comes(come);
    if (phase === 'done') answer.end();
    await chat.waitForState(...states);
    if (come > 0) await openThinking(chat);
    await showsWhatCame();
    await chat.messageBox().fill(draft);
  }

  async function happens(event: EventName, meanwhile = nothing): Promise<void> {
    const { isNewWindow, answer: end, happen } = { isNewWindow: false, ...panelEvents[event] };

    if (isNewWindow) await isStored(shared.window);

    if (end === 'isCutOff') {
      await eventually(async () => assert.ok((await unsentOf(shared.window)).includes(draft)));
    }
    await happen(shared, meanwhile);
  }

  async function goesOn(event: EventName): Promise<void> {
    const hadThought = answer.thinking !== '';
    await happens(event, () => answer.comes(2));
    if (!hadThought) await openThinking(chat);
    await showsWhatCame();
    await keepsTheRest();
    await answer.comes(1);
    await showsWhatCame();
    await isShownWhole();
    assert.equal(shared.server.requestsTo('/api/chat').length, 1);
  }

  /** What came is still there, and the question can be asked again. */
  async function isInterrupted(event: EventName): Promise<void> {
    await happens(event);

    await shared.server.clientClosed('/api/chat');

    await chat.waitForState('interrupted');

    if (panelEvents[event].answer === 'ends') await showsWhatCame();
    assert.ok(answer.text.startsWith(await chat.text()));
    assert.ok(answer.thinking.startsWith(await readThinking(chat)));
    await keepsTheRest();
    assert.equal(shared.server.requestsTo('/api/chat').length, 1);
    answer = new SteppedAnswer(shared.server);
    await chat.notice().getByRole('button', { name: 'Retry' }).last().click();
    const again = await shared.server.received('/api/chat', 2);
    assert.deepEqual((again.json?.['messages'] as unknown[]).slice(1), [
      { role: 'user', content: question },
    ]);
    await isShownWhole();
    assert.equal(shared.server.requestsTo('/api/chat').length, 2);
  }

  /** Nothing is drawn otherwise, and the reader is where they were. */
  async function staysAsItIs(event: EventName): Promise<void> {
    await scrollUp(chat, 150);
    const before = await readTurns(chat);
    const { top } = await readScroll(chat);
    await happens(event);
    await eventually(async () => assert.deepEqual(await readTurns(chat), before));
    await eventually(async () => assert.equal((await readScroll(chat)).top, top));
    await showsWhatCame();
    assert.equal(await chat.messageBox().inputValue(), draft);
    assert.equal(shared.server.requestsTo('/api/chat').length, 1);
  }

  async function isShownWhole(): Promise<void> {
    answer.end();
    await chat.waitForState('done');
    await openThinking(chat);
    await showsWhatCame();
    await keepsTheRest();
  }

  /** Exactly what the server has sent, and once. */
  async function showsWhatCame(): Promise<void> {
    await eventually(async () => {
      assert.equal(await chat.text(), answer.text);
      assert.equal(await readThinking(chat), answer.thinking);
    });
  }

  /** The question once, with one answer, what is being written, and the end in view. */
  async function keepsTheRest(): Promise<void> {
    const asked = chat.turns('user').locator('.bubble');
    assert.deepEqual(await asked.allInnerTexts(), [question]);
    assert.equal(await chat.turns('assistant').count(), 1);
    await eventually(async () => assert.equal(await chat.messageBox().inputValue(), draft));
    await eventually(async () => assert.ok((await readScroll(chat)).toEnd <= 1));
  }
});

/** What is not sent yet, as each window stores it. */
async function unsentOf(window: CriaWindow): Promise<string> {
  const folders = (await storages(window)).map((storage) => path.join(storage, 'unsent'));
  const texts = folders.map(async (folder) => {
    const files = (await namesIn(folder)).filter((name) => name.endsWith('.json'));
    return Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')));
  });
  return (await Promise.all(texts)).flat().join('\n');
}
