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

/**
 * The worst that each message can do if the page is taken over. A page can press every button that is in it, so a
 * message must not do more than a button that shows its effect, asks, or can be undone.
 */
const worst: Readonly<Record<FromWebview['type'], string>> = {
  ready: 'a snapshot is posted, and the server is probed',
  ack: 'deltas are posted earlier',
  send: 'text of the page goes to the model that the user chose; a cloud model needs consent',
  attach:
    'what is open in the editor is attached and seen in the draft; secret and ignored files ask',
  attachUris: 'files of the workspace are attached and seen in the draft; all others ask',
  attachText: 'text of the page is attached',
  attachParts: 'a list of parts of a file that is attached opens; secret and ignored files ask',
  detach: 'an attachment leaves the draft',
  previewAttachment: 'an attachment that the host has is shown',
  queued: 'a waiting message is sent, removed, or edited',
  query: 'names of files of the workspace are posted to the page',
  showConversations: 'a list opens',
  stop: 'an answer ends',
  regenerate: 'a question is asked again',
  askWithModel: 'a list of models opens',
  editAndResend: 'as send, in a new branch',
  selectBranch: 'another version is shown',
  continueTurn: 'a question is asked again',
  deleteTurn: 'a dialog asks',
  loadEarlier: 'earlier turns are posted',
  newConversation: 'an empty conversation is shown; the other one is kept',
  pickModel: 'a list of models opens',
  draftChanged: 'the draft is replaced',
  recover:
    'an action of a button: each opens a list, a dialog, or settings, or asks the same server again',
  openLink: 'a dialog shows the address; only one that an answer shows as words opens at once',
  codeAction:
    'code of an answer is inserted as one undoable edit, previewed, or typed without Enter',
  lookUp: 'whether names are in the workspace is posted to the page',
  openName: 'a file of the workspace is opened',
  setContextStart: 'earlier messages are not sent; nothing is deleted',
  startFromSummary: 'the conversation is summarized by the same model',
  setContextLength: 'an input box opens',
  useContext:
    'requests use the longer context that the page shows; it takes memory, and reloads the model once',
  undoContext: 'requests use the former context; an answer without text begins again',
  askContext: 'a setting of the user is changed to the safer value',

  requestPrompts: 'the prompts are posted to the page',
  resync: 'a snapshot is posted',
  themeShown: 'the colors of code are posted',
  pageError: 'a bounded text is in the log',
};

describe('protocol', () => {
  it('M8: has no message whose worst effect is not written down', () => {
    const types = fromWebviewSchema.options.map(({ entries }) => entries.type.literal);
    assert.deepEqual(Object.keys(worst).sort(), types.toSorted());
    assert.ok(Object.values(worst).every((effect) => effect.length > 5));
  });

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
      { type: 'recover', action: 'rm -rf' },
      { type: 'openLink', href: 'x'.repeat(10_000), text: '' },
      { type: 'regenerate', turnId: 'x'.repeat(65) },
      { type: 'send', id: 'r1', text: 'x'.repeat(5 * 1024 * 1024) },
    ];
    for (const message of wrong) assert.equal(v.is(fromWebviewSchema, message), false);
    const right: FromWebview = { type: 'recover', action: 'retry', turnId: 'a' };
    assert.deepEqual(v.parse(fromWebviewSchema, { ...right, more: 1 }), right);
  });

  it('has no message that goes both ways', () => {
    const both: Extract<ToWebview['type'], FromWebview['type']>[] = [];
    assert.deepEqual(both, []);
  });
});
