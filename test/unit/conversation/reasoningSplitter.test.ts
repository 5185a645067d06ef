import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Conversation } from '../../../src/conversation/conversation';
import { ReasoningSplitter } from '../../../src/conversation/reasoningSplitter';
import { templateMarks } from '../../../src/conversation/templateMarks';
import { ExplainDialogue } from '../../../src/explain/explainDialogue';
import { createRecord } from '../../../src/storage/logRecord';
import { orderEvents } from '../../../src/storage/readConversation';
import { Domain, lastAnswer, reply, say } from './domainFixture';

interface Split {
  answer: string;
  thinking: string;
}

function split(...pieces: string[]): Split {
  const splitter = new ReasoningSplitter();
  const result: Split = { answer: '', thinking: '' };
  for (const piece of [...pieces.map((text) => splitter.take(text)), splitter.end()].flat()) {
    if (piece.kind === 'moveToThinking') {
      result.thinking += result.answer;
      result.answer = '';
    } else {
      result[piece.kind] += piece.text;
    }
  }
  return result;
}

/** Input, and what is answer and what is reasoning. */
const cases: Readonly<Record<string, readonly [text: string, answer: string, thinking: string]>> = {
  'case 5: a thought before the answer': [
    '<think>\nThe user says hello.\n</think>\n\nHello!',
    'Hello!',
    'The user says hello.',
  ],
  'case 5: a thought that is never closed': ['<think>\nLet me see', '', 'Let me see'],
  'case 5: two thoughts in one answer': [
    '<think>one</think>\nA.\n\n<think>two</think>\n\nB.',
    'A.\n\nB.',
    'one\n\ntwo',
  ],
  'case 5: a thought in the middle of a line': ['Hello <think>b</think> world', 'Hello world', 'b'],
  'case 5: the tag in a fence stays': [
    '```html\n<think>x</think>\n```\nend',
    '```html\n<think>x</think>\n```\nend',
    '',
  ],
  'case 5: the tag in a fence in a list stays': [
    '- a\n  ```\n</think>\n```\nend',
    '- a\n  ```\n</think>\n```\nend',
    '',
  ],
  'case 5: the tag after a nested fence stays': [
    '```md\n```js\na\n```\n<think>\n```\nend',
    '```md\n```js\na\n```\n<think>\n```\nend',
    '',
  ],
  'case 5: the tag in a code span stays': [
    'Use `<think>` and ``</think>``.',
    'Use `<think>` and ``</think>``.',
    '',
  ],
  'case 5: a quoted tag stays': [
    'Write "<think>" first, “</think>” last.',
    'Write "<think>" first, “</think>” last.',
    '',
  ],
  'case 5: a tag that is a word of a sentence stays': [
    'The <think> tag and the </think> tag, and <|im_end|> too.',
    'The <think> tag and the </think> tag, and <|im_end|> too.',
    '',
  ],
  'case 5: a tag quoted in the thought does not end it': [
    '<think>It asks about `</think>` tags.</think>Yes.',
    'Yes.',
    'It asks about `</think>` tags.',
  ],
  'case 6: only the closing tag': [
    'Okay, let me see what is asked…\n</think>\n\nUse a map.',
    'Use a map.',
    'Okay, let me see what is asked…\n',
  ],
  'case 6: only the closing tag, and nothing before it': [
    '</think>\n\nUse a map.',
    'Use a map.',
    '',
  ],
  'case 6: a second closing tag moves nothing': [
    '<think>a</think>\nOne\n</think>\nTwo',
    'One\nTwo',
    'a',
  ],
  'case 42: channels': [
    '<|channel|>analysis<|message|>The user asks…<|end|><|start|>assistant<|channel|>final<|message|>Because of scattering.<|return|>',
    'Because of scattering.',
    'The user asks…',
  ],
  'case 42: a call of a tool is no answer': [
    '<|channel|>commentary to=functions.read <|constrain|>json<|message|>{}<|call|>',
    '',
    '{}',
  ],
  'case 42: an end mark': ['Hello!<|im_end|>', 'Hello!', ''],
  'case 42: several end marks': ['Hello!</s>\n<|im_end|>\n', 'Hello!', ''],
  'case 42: an end mark after a fence': ['```\na\n```<|im_end|>', '```\na\n```', ''],
  'case 42: an end mark in an open fence': ['```\na<|eot_id|>', '```\na', ''],
  'case 42: an end mark in the middle of a fence stays': [
    '```\na<|eot_id|>b\n```',
    '```\na<|eot_id|>b\n```',
    '',
  ],
  'case 42: the model begins another turn': [
    'Hi<|im_end|>\n<|im_start|>assistant\nMore',
    'Hi\nMore',
    '',
  ],
  'case 5: tags around the dots of a sentence stay': [
    'Use the <think>...</think> tags, then answer.',
    'Use the <think>...</think> tags, then answer.',
    '',
  ],
  'case 5: tags in a quoted pattern stay': [
    'Replace "<think>.*?</think>" by nothing.',
    'Replace "<think>.*?</think>" by nothing.',
    '',
  ],
  'case 5: tags in a list of tags stay': [
    'Tags:\n- <think>\n- </think>\nDone',
    'Tags:\n- <think>\n- </think>\nDone',
    '',
  ],
  'case 6: a thought that ends in a quotation, and one that names the tag in another line': [
    'The <think> tag?\nThey say "yes"</think>Yes.',
    'Yes.',
    'The <think> tag?\nThey say "yes"',
  ],
  'case 42: the turn of the user that a model plays vanishes': [
    'Hi<|im_end|>\n<|im_start|>user\nAnd you?<|im_end|>\n<|im_start|>assistant\nFine',
    'Hi\n\nFine',
    '',
  ],
  'case 42: such a turn without an end': [
    'Hi<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAnd you',
    'Hi',
    '',
  ],
  'struck text in HTML stays': ['<p><s>old</s> new', '<p><s>old</s> new', ''],
  'an answer in tags after reasoning': ['<think>a</think>\n<answer>\nYes\n</answer>', 'Yes\n', 'a'],
  'space around an answer without marks stays': ['\n  a < b \n\n', '\n  a < b \n\n', ''],
  'an answer of space alone stays': [' \n', ' \n', ''],
};

describe('Reasoning in the text of a model', () => {
  for (const [name, [text, answer, thinking]] of Object.entries(cases)) {
    it(`splits off: ${name}`, () => {
      assert.deepEqual(split(text), { answer, thinking });
      assert.deepEqual(split(...Array.from(text)), { answer, thinking });
    });
  }

  for (const { kind, mark } of templateMarks) {
    it(`knows ${mark}`, () => {
      const close = templateMarks.find((row) => row.kind === 'close')?.mark ?? '';
      const expected: Record<typeof kind, readonly [string, Split]> = {
        open: [`${mark}\nT${close}\nA`, { answer: 'A', thinking: 'T' }],
        close: [`T\n${mark}\nA`, { answer: 'A', thinking: 'T\n' }],
        end: [`A${mark}`, { answer: 'A', thinking: '' }],
        first: [`${mark}A`, { answer: 'A', thinking: '' }],
        last: [`A${mark}`, { answer: 'A', thinking: '' }],
        otherRole: [`A${mark}Q`, { answer: 'A', thinking: '' }],
        role: [`${mark}assistant\nA`, { answer: 'A', thinking: '' }],
        channel: [`${mark}analysis<|message|>T<|end|>A`, { answer: 'A', thinking: 'T' }],
        wrapper: [`<think>T</think><answer>A</answer>`, { answer: 'A', thinking: 'T' }],
      };
      const [text, result] = expected[kind];
      assert.deepEqual(split(text), result);
      assert.deepEqual(split(...Array.from(text.toUpperCase())), split(text.toUpperCase()));
      const quoted = `Say "${mark}" or \`${mark}\`.\n\n\`\`\`\n${mark}\n\`\`\`\nso`;
      assert.deepEqual(split(quoted), { answer: quoted, thinking: '' });
    });
  }

  it('gives the same whatever the pieces are', () => {
    const words = [
      ...templateMarks.map(({ mark }) => mark),
      ...[
        'a',
        'b ',
        ' ',
        '\n',
        '\n\n',
        '`',
        '``',
        '```',
        '```js\n',
        '```md\n',
        '~~~',
        '"',
        '<',
        '[',
        '<|',
      ],
      ...['analysis', 'final', 'assistant', 'user', '- ', '> ', '</', 'to=x'],
    ];
    const text = fc.array(fc.constantFrom(...words), { maxLength: 24 }).map((all) => all.join(''));
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(text, cuts, (whole, lengths) => {
        const pieces: string[] = [];
        for (let at = 0; at < whole.length;) {
          const length = lengths[pieces.length % lengths.length] ?? 1;
          pieces.push(whole.slice(at, at + length));
          at += length;
        }
        assert.deepEqual(split(...pieces), split(whole));
      }),
      { numRuns: 3000, seed: 42 },
    );
  });

  it('gives out text without marks as it comes', () => {
    const splitter = new ReasoningSplitter();
    assert.deepEqual(splitter.take('Hello '), [{ kind: 'answer', text: 'Hello ' }]);
    assert.deepEqual(splitter.take('world'), [{ kind: 'answer', text: 'world' }]);
  });

  it('holds back no more than a mark, however long the text is', () => {
    const splitter = new ReasoningSplitter();
    let given = 0;
    let taken = 0;
    for (let at = 0; at < 20_000; at++) {
      const text = at % 3 === 0 ? '<' : '</thin';
      taken += text.length;
      for (const piece of splitter.take(text))
        given += piece.kind === 'answer' ? piece.text.length : 0;
      assert.ok(taken - given < 300);
    }
  });
});

describe('Reasoning in the text of a model, in the conversation', () => {
  const continued = ['Okay, l', 'et me see…\n</thi', 'nk>\n\nUse ', 'a map.', '<|im_end|>'];

  it('cases 5 and 6: is stored as reasoning, and not sent back', async () => {
    const domain = new Domain();
    const session = domain.session();
    domain.model.answerWith(reply(['<thi', 'nk>\nHm.\n</think>\n\nHello!']), reply(continued));
    assert.equal((await say(session, 'Hi')).text, 'Hello!');
    const { text, thinking } = await say(session, 'More');
    assert.deepEqual({ text, thinking }, { text: 'Use a map.', thinking: 'Okay, let me see…\n' });
    await say(session, 'Again');
    const sent = domain.model.lastMessages.filter(({ role }) => role === 'assistant');
    assert.deepEqual(
      sent.map(({ content }) => content),
      ['Hello!', 'Use a map.'],
    );
  });

  it('case 6: is the same when the conversation is read again', async () => {
    const domain = new Domain();
    const session = domain.session();
    domain.model.answerWith(reply(continued));
    const events: Parameters<typeof createRecord>[0][] = [];
    session.on((event) => {
      if (event.type === 'event') events.push(event.event);
    });
    await say(session, 'Hi');
    const records = events.map((event, n) => createRecord(event, { id: `r${n}`, w: 'w', n, t: n }));
    const read = new Conversation('c', orderEvents(records));
    assert.deepEqual(read.path(), session.conversation.path());
    assert.equal(lastAnswer(session).text, 'Use a map.');
  });

  it('keeps what is held back when the answer is stopped', async () => {
    const domain = new Domain();
    const session = domain.session();
    domain.model.answerWith(reply(['a <thi'], { end: { kind: 'cancelled' } }));
    assert.equal((await say(session, 'Hi')).text, 'a <thi');
  });

  it('cases 5 to 7: is split off explanations, too', () => {
    const dialogue = new ExplainDialogue({
      ...{ code: 'a', language: 'ts', path: 'a.ts', firstLine: 1, lastLine: 1 },
    });
    const settings = { model: 'm', answerLanguage: '', profile: {}, contextTokens: 4096 };
    dialogue.begin({ ...settings, followUps: 'messages' });
    for (const piece of continued) dialogue.append(piece);
    dialogue.finish({ kind: 'done', reason: 'stop', metrics: {} });
    const [turn] = dialogue.turns;
    assert.equal(turn?.answer, 'Use a map.');
    assert.equal(turn.thinking, 'Okay, let me see…\n');
  });
});
