import assert from 'node:assert/strict';
import { event, ScriptedBody } from './openaiFixture';

const text = (content: string): string => event({ delta: { content } });
const stop = event({ delta: {}, finish_reason: 'stop' });
const done = 'data: [DONE]\n\n';

/** Text, reasoning, and end of a body that arrives at once. */
function read(...pieces: readonly (string | Buffer)[]): readonly string[] {
  const body = new ScriptedBody();
  for (const piece of pieces) body.send(piece);
  body.finish();
  return [body.text, body.thinking, body.endName];
}

describe('the framing of an answer', () => {
  const frames: readonly (readonly [what: string, body: string, text: string])[] = [
    ['events of other names', `event: sglext_ids\n${text('No')}${text('Yes')}${stop}`, 'Yes'],
    [
      'events named message, with an id and a time to retry',
      `id: 7\nretry: 10\nevent: message\n${text('Yes')}${stop}`,
      'Yes',
    ],
    [
      'comments within an event',
      `: x\n:\n${text('Yes').replace('\n\n', '\n: y\n\n')}${stop}`,
      'Yes',
    ],
    ['data without a blank', text('Yes').replace('data: ', 'data:') + stop, 'Yes'],
    ['empty data', `data:\n\ndata\n\ndata: \n\n${text('Yes')}${stop}`, 'Yes'],
    [
      'data over several lines',
      text('Yes').replace(',"choices"', '\ndata: ,"choices"') + stop,
      'Yes',
    ],
    ['a byte order mark', `\uFEFF${text('Yes')}${stop}`, 'Yes'],
    ['a last event without a blank line', text('Yes') + stop.trimEnd() + '\n', 'Yes'],
    ['a last event without a line end', text('Yes') + stop.trimEnd(), 'Yes'],
    ['CRLF', (text('Yes') + stop).replaceAll('\n', '\r\n'), 'Yes'],
    ['CR', (text('Yes') + stop).replaceAll('\n', '\r'), 'Yes'],
    ['100 events in one write', text('ab ').repeat(100) + stop + done, 'ab '.repeat(100)],
  ];
  for (const [what, body, expected] of frames) {
    it(`may have ${what}`, () => {
      assert.deepEqual(read(body), [expected, '', 'done:stop']);
    });
  }

  it('may have bytes that are no UTF-8: the characters around them stay', () => {
    const [before, after] = text('a#ü')
      .split('#')
      .map((part) => Buffer.from(part));
    assert.ok(before && after);
    const body = Buffer.concat([before, Buffer.from([0xff, 0xc3]), after]);
    assert.deepEqual(read(body, stop), ['a\uFFFD\uFFFDü', '', 'done:stop']);
  });

  it('has no event of 2 MiB: it fails in one sentence and keeps the text', () => {
    const long = text('x'.repeat(2 * 1024 * 1024));
    assert.deepEqual(read(text('Yes'), long, stop), ['Yes', '', 'serverError:protocol']);
  });
});

describe('the chunks of an answer', () => {
  const shapes: readonly (readonly [
    what: string,
    chunks: readonly string[],
    expected: readonly [text: string, thinking: string, end: string],
  ])[] = [
    ['without the role first', [text('Yes'), stop], ['Yes', '', 'done:stop']],
    [
      'with the role in each',
      ['Y', 'es'].map((content) => event({ delta: { role: 'assistant', content } })).concat(stop),
      ['Yes', '', 'done:stop'],
    ],
    [
      'with null for no text',
      [event({ delta: { role: 'assistant', content: null } }), text('Yes'), stop],
      ['Yes', '', 'done:stop'],
    ],
    ['without a delta', [text('Yes'), event({ finish_reason: 'stop' })], ['Yes', '', 'done:stop']],
    ['without choices', ['data: {"id":"x"}\n\n', text('Yes'), stop], ['Yes', '', 'done:stop']],
    [
      'that begin as on Azure, and end there with its filter',
      [
        event(undefined, { id: '', model: '', prompt_filter_results: [{ prompt_index: 0 }] }),
        text('Yes'),
        event({ content_filter_offsets: {} }),
        event({ finish_reason: 'content_filter' }),
      ],
      ['Yes', '', 'done:filter'],
    ],
    [
      'for a second alternative',
      [event({ index: 1, delta: { content: 'No' } }), text('Yes'), stop],
      ['Yes', '', 'done:stop'],
    ],
    [
      'with text and the end in one',
      [event({ delta: { content: 'Yes' }, finish_reason: 'length' })],
      ['Yes', '', 'done:length'],
    ],
    ['with text after the end', [text('Y'), stop, text('es'), done], ['Yes', '', 'done:stop']],
    [
      'that end twice: the first reason counts',
      [text('Yes'), event({ delta: {}, finish_reason: 'length' }), stop, done],
      ['Yes', '', 'done:length'],
    ],
    [
      'with an empty reason, which is none',
      [event({ delta: { content: 'Yes' }, finish_reason: '' }), done],
      ['Yes', '', 'truncated:truncated'],
    ],
    [
      'with an unknown reason',
      [text('Yes'), event({ delta: {}, finish_reason: 'repetition' })],
      ['Yes', '', 'done:stop'],
    ],
    [
      'with both names of reasoning, which is read once',
      [event({ delta: { reasoning_content: 'Hm', reasoning: 'Hm' } }), text('Yes'), stop],
      ['Yes', 'Hm', 'done:stop'],
    ],
    [
      'with a refusal, and padding as OpenAI sends it',
      [event({ delta: { refusal: 'No.' } }, { obfuscation: 'x1', usage: null }), stop],
      ['No.', '', 'done:stop'],
    ],
  ];
  for (const [what, chunks, expected] of shapes) {
    it(`may come ${what}`, () => {
      assert.deepEqual(read(...chunks), expected);
      assert.deepEqual(read(chunks.join('')), expected);
    });
  }

  const counted = (usage: unknown): string => event({ delta: {} }, { usage });
  const usages: readonly (readonly [
    what: string,
    chunks: readonly string[],
    counts: readonly [number | undefined, number | undefined],
  ])[] = [
    ['before the end', [counted({ prompt_tokens: 3, completion_tokens: 2 }), stop], [3, 2]],
    ['after the end', [stop, counted({ prompt_tokens: 3, completion_tokens: 2 })], [3, 2]],
    [
      'in each chunk, where the last one counts',
      [1, 2, 3]
        .map((count) => counted({ prompt_tokens: 3, completion_tokens: count }))
        .concat(stop),
      [3, 3],
    ],
    ['as nothing', [counted(null), stop], [undefined, undefined]],
    ['as text', [counted({ prompt_tokens: '3', completion_tokens: 2 }), stop], [undefined, 2]],
    ['below zero', [counted({ prompt_tokens: -3, completion_tokens: 2 }), stop], [undefined, 2]],
  ];
  for (const [what, chunks, counts] of usages) {
    it(`may count tokens ${what}`, () => {
      const body = new ScriptedBody().send([text('Yes'), ...chunks, done].join('')).finish();
      assert.ok(body.end?.kind === 'done');
      const { promptEvalCount, evalCount } = body.end.metrics;
      assert.deepEqual([promptEvalCount, evalCount], counts);
    });
  }
});

describe('the end of an answer', () => {
  const failure = 'data: {"error":{"message":"It broke.","code":500}}\n\n';
  const ends: readonly (readonly [what: string, body: string, text: string, end: string])[] = [
    ['without [DONE]', text('Yes') + stop, 'Yes', 'done:stop'],
    ['[DONE] without a reason', text('Yes') + done, 'Yes', 'truncated:truncated'],
    [
      '[DONE] twice, and text after it',
      text('Yes') + stop + done + done + text('No'),
      'Yes',
      'done:stop',
    ],
    ['an error after [DONE]', text('Yes') + stop + done + failure, 'Yes', 'done:stop'],
    ['an error and then [DONE]', text('Yes') + failure + done, 'Yes', 'serverError:server'],
    ['an error after the reason', text('Yes') + stop + failure, 'Yes', 'serverError:server'],
    ['an error first', failure, '', 'serverError:server'],
    ['an error as text', 'event: error\ndata: out of memory\n\n', '', 'serverError:outOfMemory'],
    ['no event', '', '', 'serverError:emptyAnswer'],
    ['only comments', ': ping\n\n'.repeat(3), '', 'serverError:emptyAnswer'],
    ['only [DONE]', done, '', 'serverError:emptyAnswer'],
    [
      'one object',
      '{"choices":[{"message":{"content":"Yes"},"finish_reason":"stop"}]}',
      'Yes',
      'done:stop',
    ],
    [
      'an error in one object',
      '{"error":"Unexpected endpoint or method."}',
      '',
      'serverError:server',
    ],
    ['text of a proxy', 'upstream timed out', '', 'serverError:protocol'],
    [
      'the reason "abort"',
      text('Yes') + event({ finish_reason: 'abort' }),
      'Yes',
      'truncated:truncated',
    ],
    [
      'the reason "error"',
      text('Yes') + event({ finish_reason: 'error' }),
      'Yes',
      'serverError:server',
    ],
  ];
  for (const [what, body, expected, end] of ends) {
    it(`may be ${what}`, () => {
      assert.deepEqual(read(body), [expected, '', end]);
    });
  }

  it('is there with [DONE], also when the connection breaks after it', () => {
    const body = new ScriptedBody().send(text('Yes') + stop + done).break();
    assert.equal(body.endName, 'done:stop');
  });

  it('is there with the reason, also when the connection breaks before the counts', () => {
    assert.equal(new ScriptedBody().send(text('Yes') + stop).break().endName, 'done:stop');
  });

  it('is waited for at most 2 s after the reason, and then the connection is closed within 2 s', () => {
    const body = new ScriptedBody().send(text('Yes') + stop);
    body.clock.advance(1_999);
    assert.equal(body.endName, 'none');
    body.clock.advance(1);
    assert.equal(body.endName, 'done:stop');
    body.clock.advance(2_000);
    assert.ok(body.isClosed);
    assert.equal(body.clock.waiting, 0);
  });

  it('closes a connection that stays open after [DONE] in 2 s, and not before', () => {
    const body = new ScriptedBody().send(text('Yes') + stop + done);
    assert.equal(body.endName, 'done:stop');
    body.clock.advance(1_999);
    assert.ok(!body.isClosed);
    body.clock.advance(1);
    assert.ok(body.isClosed);
  });
});

describe('a storm of comments', () => {
  const storm = ': ping\n\n:\n\n'.repeat(1_000);

  it('is a sign of life before and after the text', () => {
    const body = new ScriptedBody().send(storm + text('Hel') + storm + text('lo') + storm);
    // One for the headers, and one for each text.
    assert.equal(body.pings, 1 + 2_000 + 1 + 2_000 + 1 + 2_000);
    body.send(stop + done);
    assert.deepEqual([body.text, body.endName], ['Hello', 'done:stop']);
  });

  it('ends at the limit of a stream, however small its parts are', () => {
    const body = new ScriptedBody({ stream: 100_000 });
    let sent = 0;
    for (; body.end === undefined && sent < 20; sent++) body.send(storm);
    assert.equal(body.endName, 'serverError:protocol');
    assert.equal(sent, Math.ceil(100_001 / storm.length));
  });
});
