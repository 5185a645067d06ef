import assert from 'node:assert/strict';
import { RepetitionDetector, withRepeatPenalty } from '../../../src/conversation/repetition';
import { Domain, ended, reply } from './domainFixture';

/** After how many pieces a repetition is noticed; undefined: never. */
function noticedAfter(pieces: readonly string[]): number | undefined {
  const detector = new RepetitionDetector();
  const at = pieces.findIndex((piece) => {
    detector.take(piece);
    return detector.isRepeating;
  });
  return at < 0 ? undefined : at + 1;
}

const repeat = (text: string, count = 3_000): string[] => Array.from({ length: count }, () => text);

describe('case 46: a model that repeats itself', () => {
  const loops: Readonly<Record<string, readonly string[]>> = {
    'a sentence': repeat('I will look into it now. '),
    'a word': repeat('ha '),
    'a line': repeat('- **Note:** see above\n'),
    'a paragraph': repeat(`${'The cart adds each price once more. '.repeat(20)}\n\n`),
    'a cycle of lines': repeat('First, open it.\nThen, save it.\nThen, close it.\n'),
    'a numbered list': Array.from({ length: 3_000 }, (_, at) => `${at}. Check the input.\n`),
    Chinese: repeat('我需要再检查一遍。'),
  };
  for (const [name, pieces] of Object.entries(loops)) {
    it(`is noticed: ${name}`, () => assert.notEqual(noticedAfter(pieces), undefined));
  }

  it('is noticed after an ordinary beginning', () => {
    const start = Array.from(
      { length: 400 },
      (_, at) => `Line about ${String.fromCharCode(97 + (at % 26))}${at.toString(36)}.\n`,
    );
    assert.ok((noticedAfter([...start, ...repeat('Again. ')]) ?? 0) > 400);
  });

  it('is not seen in ordinary text and code', () => {
    const text = Array.from({ length: 2_000 }, (_, at) => {
      const word = (at * 2_654_435_761).toString(36);
      return at % 7 === 0 ? '}\n\n' : `  const ${word} = get('${word}');\n`;
    });
    assert.equal(noticedAfter(text), undefined);
  });

  it('is announced while the answer runs, and stops nothing', async () => {
    const domain = new Domain();
    const session = domain.session();
    domain.model.answerWith(reply(repeat('I will look into it now. ', 400)));
    const seen: (boolean | undefined)[] = [];
    const done = new Promise<void>((resolve) =>
      session.on((event) => {
        if (event.type === 'activity') seen.push(event.activity.isRepeating);
        else if (event.event.kind === 'turnEnded') resolve();
      }),
    );
    session.send('Hi');
    await done;
    assert.equal(seen.filter((isRepeating) => isRepeating === true).length, 1);
    const turn = session.conversation.path().at(-1);
    assert.equal(turn?.text, 'I will look into it now. '.repeat(400));
    assert.equal(turn.role === 'assistant' && turn.metrics?.hasRepeated, true);
  });

  it('leaves no trace in an answer that does not', async () => {
    const domain = new Domain();
    const session = domain.session();
    domain.model.answerWith(reply(['Hello', ' there']));
    const over = ended(session);
    session.send('Hi');
    await over;
    const turn = session.conversation.path().at(-1);
    assert.equal(turn?.role === 'assistant' && turn.metrics?.hasRepeated, undefined);
  });

  it('is asked again with a higher penalty over a longer text, above what is set', async () => {
    const domain = new Domain();
    const session = domain.session();
    for (let n = 0; n < 2; n += 1) domain.model.answerWith(reply(['ha ']));
    let over = ended(session);
    session.send('Hi');
    await over;
    over = ended(session);
    session.regenerate(session.conversation.path().at(-1)?.id ?? '', undefined, withRepeatPenalty);
    await over;
    const [first, second] = domain.model.prompts.map(({ profile }) => profile.options);
    assert.equal(first?.['repeat_penalty'], undefined);
    assert.deepEqual(second, { repeat_penalty: 1.25, repeat_last_n: 512 });
  });

  it('keeps a penalty and a look-back that are higher already', () => {
    const options = (set: Readonly<Record<string, unknown>>): unknown =>
      withRepeatPenalty({ options: set, temperature: 0.2 });
    assert.deepEqual(options({ repeat_penalty: 1.6, repeat_last_n: -1, top_k: 20 }), {
      temperature: 0.2,
      options: { repeat_penalty: 1.6, repeat_last_n: -1, top_k: 20 },
    });
    assert.deepEqual(options({ repeat_penalty: 1.3, repeat_last_n: 1024 }), {
      temperature: 0.2,
      options: { repeat_penalty: 1.45, repeat_last_n: 1024 },
    });
  });
});
