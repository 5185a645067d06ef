import assert from 'node:assert/strict';
import * as v from 'valibot';
import {
  dispatch,
  type FromWebview,
  fromWebviewSchema,
  type Handlers,
  type ToWebview,
} from '../../src/shared/protocol';

type Small = { readonly type: 'one'; readonly value: number } | { readonly type: 'two' };

describe('protocol', () => {
  it('does not compile without a handler for each message, and calls the right one', () => {
    const calls: string[] = [];
    const handlers: Handlers<Small> = {
      one: ({ value }) => calls.push(`one ${value}`),
      two: () => calls.push('two'),
    };
    // @ts-expect-error: `two` has no handler
    const incomplete: Handlers<Small> = { one: () => undefined };
    // @ts-expect-error: `three` is no message
    const superfluous: Handlers<Small> = { ...handlers, three: () => undefined };
    dispatch<Small>(handlers, { type: 'one', value: 1 });
    dispatch<Small>(handlers, { type: 'two' });
    assert.deepEqual(calls, ['one 1', 'two']);
    assert.equal(Object.keys(incomplete).length + Object.keys(superfluous).length, 4);
  });

  it('takes no message of the page that is not of its form', () => {
    const wrong: readonly unknown[] = [
      null,
      'send',
      {},
      { type: 'send' },
      { type: 'send', id: 'r1', text: 5 },
      { type: 'nothing' },
      { type: 'fix', action: 'rm -rf' },
      { type: 'openLink', href: 'x'.repeat(10_000), text: '' },
      { type: 'regenerate', turnId: 'x'.repeat(65) },
      { type: 'send', id: 'r1', text: 'x'.repeat(5 * 1024 * 1024) },
    ];
    for (const message of wrong) assert.equal(v.is(fromWebviewSchema, message), false);
    const right: FromWebview = { type: 'fix', action: 'retry', turnId: 'a' };
    assert.deepEqual(v.parse(fromWebviewSchema, { ...right, more: 1 }), right);
  });

  it('has no message that goes both ways', () => {
    const both: Extract<ToWebview['type'], FromWebview['type']>[] = [];
    assert.deepEqual(both, []);
  });
});
