import type {
  AttachmentView,
  EditorView,
  PendingView,
  ToWebview,
} from '../../../src/shared/protocol';
import { activity, assistant, notRunning, snapshot, user } from './states';

/** What is attached, what waits and what is offered, for the page's pictures. */

const chip = (
  id: string,
  kind: AttachmentView['kind'],
  label: string,
  isPart = false,
): AttachmentView => ({ id, kind, label, detail: `${label}, about 120 tokens`, isPart });

const chips: readonly AttachmentView[] = [
  chip('1', 'selection', 'client.ts:80-96'),
  chip('2', 'problems', '3 problems'),
  chip('3', 'folder', 'src/ (14 files)'),
  chip('4', 'diff', 'git diff (5 files)'),
  chip('5', 'file', 'averyverylongfilenamethatfitsnowhere.generated.ts:1-400', true),
];

const queue: PendingView['queue'] = [
  {
    id: 'q1',
    text: 'And how do I test that?',
    isHeld: false,
    attachments: chips.slice(0, 1),
  },
  { id: 'q2', text: 'A long one.\nWith lines.\nThree.\nFour.', isHeld: true, attachments: [] },
];

const asked = { ...user('u1', 'Why does this keep a carry-over buffer?') };
const turns = [
  { ...asked, attachments: chips.slice(0, 2) },
  assistant('a1', { text: 'A network chunk is not a line.' }),
];
const running = assistant('a2', { text: 'Then memory', activity: activity('answering') });
const editor: EditorView = { file: 'client.ts', selection: 'client.ts:80-96', problems: 3 };

export const composerStates: Readonly<Record<string, readonly ToWebview[]>> = {
  chips: [snapshot({ turns, outbox: { attachments: chips, queue: [] } })],
  queue: [
    snapshot({
      turns: [...turns, user('u2', 'What if the tail never ends?'), running],
      outbox: { attachments: [], queue },
    }),
  ],
  offers: [snapshot({ editor })],
  offersWithout: [
    snapshot({
      editor,
      connection: { state: 'unreachable', origin: '127.0.0.1:11434', notice: notRunning },
    }),
  ],
};
