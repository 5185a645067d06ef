import assert from 'node:assert/strict';
import { estimate, promptWeight } from '../../../src/conversation/calibration';
import { weighText } from '../../../src/conversation/tokenEstimate';
import { formatMessage, promptMessages } from '../../../src/conversation/prompt';
import type { Attachment } from '../../../src/shared/turn';
import { promptCommands } from '../../../src/shared/composerState';
import { manifest } from '../../contract/manifest';

/** All that Cria itself adds to what a person says and attaches, in tokens. */
const most = 150;

const settings = manifest.contributes.configuration.properties;
const systemPrompt = String(settings['cria.systemPrompt']?.default);
const commands = settings['cria.prompts']?.default as Readonly<Record<string, string>>;

const code = 'const answer = 42;';
const attachment: Attachment = {
  ...{ id: 'a', kind: 'selection', label: 'client.ts:80-96', language: 'typescript' },
  ...{ path: 'src/ollama/client.ts', lines: { first: 80, last: 96 }, text: code },
};

describe('what Cria adds to a message', () => {
  for (const command of ['nothing', ...promptCommands] as const) {
    it(`stays under ${most} tokens: ${command} with a selection attached`, () => {
      const text = command === 'nothing' ? 'x' : (commands[command] ?? '');
      assert.notEqual(text, '');
      const turn = {
        ...({ role: 'user', id: 'u', parent: null, createdAt: 0, text } as const),
        attachments: [attachment],
      };
      const messages = promptMessages(systemPrompt, [turn]);
      assert.ok(messages.at(-1)?.content.includes(formatMessage(turn)));
      const added =
        estimate({}, promptWeight(messages)).tokens - estimate({}, weighText(code)).tokens;
      process.stdout.write(`      ${command}: about ${added} tokens around the code\n`);
      assert.ok(added < most, String(added));
    });
  }
});
