import assert from 'node:assert/strict';
import {
  bodyBytes,
  loadRecording,
  recordingNames,
  replay,
} from '../../support/ollamaServer/scripts';
import { collect, endName, Fixture, prompt, question } from './clientFixture';

describe('OllamaClient, what a real server sent', () => {
  const fixture = new Fixture();

  for (const name of recordingNames()) {
    const recording = loadRecording(name);
    const isChat = recording.request.path === '/api/chat';
    if (recording.end !== 'eof' || (!isChat && recording.request.path !== '/api/generate'))
      continue;
    it(name, async () => {
      fixture.server.on(recording.request.path, replay(name));
      const client = fixture.client();
      const stream = isChat ? client.chat(question) : client.generate(prompt);
      const { text, thinking, end } = await collect(stream);
      assert.equal(text, recordedText(name, 'content'));
      assert.equal(thinking, recordedText(name, 'thinking'));
      assert.equal(endName(end), recordedEnd(name));
    });
  }

  it('every metric of the last line, in nanoseconds', async () => {
    fixture.server.on('/api/chat', replay('chat-stream'));
    const { end } = await collect(fixture.client().chat(question));
    assert.deepEqual(end.kind === 'done' && end.metrics, {
      totalDurationNs: 1_435_698_458,
      loadDurationNs: 882_906,
      promptEvalCount: 34,
      promptEvalDurationNs: 299_903_000,
      evalCount: 90,
      evalDurationNs: 1_131_853_000,
    });
  });

  it('the context of generate, and none with raw', async () => {
    fixture.server.once('/api/generate', replay('generate-stream'));
    fixture.server.once('/api/generate', replay('generate-raw'));
    const first = await collect(fixture.client().generate(prompt));
    const second = await collect(fixture.client().generate(prompt));
    assert.equal(first.end.kind === 'done' && first.end.context?.length, 102);
    assert.equal(second.end.kind === 'done' && second.end.context, undefined);
  });

  it('a tool call, whole', async () => {
    fixture.server.on('/api/chat', replay('chat-tools'));
    const { toolCalls } = await collect(fixture.client().chat(question));
    assert.deepEqual(toolCalls, [
      {
        id: 'call_xreryy83',
        function: { index: 0, name: 'read_file', arguments: { path: 'c.ts' } },
      },
    ]);
  });
});

function recordedLines(name: string): Record<string, unknown>[] {
  return bodyBytes(loadRecording(name))
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function recordedText(name: string, field: 'content' | 'thinking'): string {
  return recordedLines(name)
    .map((line) => {
      const message = line['message'] as Record<string, string> | undefined;
      return (
        message?.[field] ??
        (line[field === 'content' ? 'response' : field] as string | undefined) ??
        ''
      );
    })
    .join('');
}

const errorEnds: Readonly<Record<string, string>> = {
  'error-runner-cannot-start': 'serverError:modelCrashed',
  'runner-killed': 'serverError:modelCrashed',
  'runner-killed-generate': 'serverError:modelCrashed',
  'error-images': 'serverError:unsupportedImages',
  'error-method': 'serverError:protocol',
  'error-model-missing-chat': 'serverError:modelMissing',
  'error-model-missing-generate': 'serverError:modelMissing',
  'error-think': 'serverError:unsupportedThink',
  'error-think-level': 'serverError:unsupportedThink',
  'error-tools': 'serverError:unsupportedTools',
  'overflow-chat-continue': 'serverError:contextOverflow',
  'overflow-chat-truncate-false': 'serverError:contextOverflow',
  'overflow-chat-truncate-shift-false': 'serverError:contextOverflow',
  'overflow-generate-truncate-false': 'serverError:contextOverflow',
  'server-killed': 'transportError:truncated',
  'server-terminated': 'transportError:truncated',
};

function recordedEnd(name: string): string {
  const last = recordedLines(name).at(-1);
  if (last?.['done'] === true) return `done:${String(last['done_reason'])}`;
  return errorEnds[name] ?? 'serverError:server';
}
