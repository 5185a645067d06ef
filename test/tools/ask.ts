// Asks a model through Cria's own client and streams the answer to the terminal:
//   npm run ask -- "question" [--model M] [--endpoint URL] [--explain FILE:1-20] [--local]
//   npm run ask -- "question" --server openai [--endpoint URL]: a server with OpenAI's API, or llama.cpp's own
// The answer goes to stdout, everything about it to stderr. Ctrl+C stops it.
import { escapeHidden } from '../../src/shared/hiddenCharacters';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { firstPrompt } from '../../src/explain/explainPrompt';
import { OllamaClient } from '../../src/ollama/ollamaClient';
import { findApiBases } from '../../src/openai/apiBase';
import { OpenaiClient } from '../../src/openai/openaiClient';
import { parseEndpoint } from '../../src/http/endpoint';
import { redactCredentials, ServerError } from '../../src/http/serverError';
import type { ChatEvent, StreamEnd } from '../../src/http/streamEvents';
import type { Metrics } from '../../src/shared/turn';
import { startLocalModel, type RunningModel } from '../support/localModel/installModel';
import { describeError, HumanError } from '../support/process';
import { findRealModel, startOpenaiModel } from '../support/realModel';

const usage =
  'npm run ask -- "question" [--model M] [--endpoint URL] [--explain FILE:1-20] [--local] [--server openai]';

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      endpoint: { type: 'string' },
      explain: { type: 'string' },
      local: { type: 'boolean', default: false },
      server: { type: 'string', default: 'ollama' },
    },
  });
}

/** The server that was named; else a running Ollama; else the small model of the tests. */
async function findServer(
  api: string,
  endpoint: string | undefined,
  local: boolean,
): Promise<RunningModel> {
  if (endpoint !== undefined && !local) {
    return { url: endpoint, model: '', stop: () => Promise.resolve() };
  }
  if (api === 'openai') return startOpenaiModel();
  return local ? startLocalModel() : findRealModel();
}

function open(api: string, { url, model }: RunningModel, named?: string): Promise<Asked> {
  const wanted = named ?? (model || undefined);
  return api === 'openai' ? askOpenai(url, wanted) : askOllama(url, wanted);
}

interface Asked {
  readonly model: string;
  stream(text: string, isExplanation: boolean, abort: AbortController): AsyncIterable<ChatEvent>;
  dispose(): void;
}

async function askOllama(url: string, wanted: string | undefined): Promise<Asked> {
  const client = new OllamaClient({ endpoint: parseEndpoint(url, process.env) });
  const model = wanted ?? (await firstModel(client));
  return {
    model,
    stream: (text, isExplanation, abort) =>
      isExplanation
        ? client.generate({ model, prompt: text }, abort)
        : client.chat({ model, messages: [{ role: 'user', content: text }] }, abort),
    dispose: () => client.dispose(),
  };
}

async function askOpenai(url: string, wanted: string | undefined): Promise<Asked> {
  const root = parseEndpoint(url, process.env);
  const [base = { root, path: '/v1' }] = findApiBases(root);
  const client = new OpenaiClient({ base });
  const { models } = await client.models();
  const model = wanted ?? models.find(({ use = 'chat' }) => use === 'chat')?.id;
  if (model === undefined) throw new HumanError('The server has no model.');
  return {
    model,
    stream: (text, _, abort) =>
      client.chat({ model, messages: [{ role: 'user', content: text }] }, abort),
    dispose: () => client.dispose(),
  };
}

async function firstModel(client: OllamaClient): Promise<string> {
  const { models } = await client.tags();
  const model = models.find(({ capabilities }) => capabilities?.includes('completion') ?? true);
  if (!model) throw new HumanError('The server has no model. Try: ollama pull qwen3:4b');
  return model.name;
}

/** A model's or a server's escape sequences would steer the terminal. */
function note(text: string): void {
  process.stderr.write(escapeHidden(text));
}

/** The prompt that *Explain Selection* sends for `FILE`, `FILE:12` or `FILE:1-20`. */
function explainPrompt(target: string): string {
  const [, file = target, from, to] = /^(.*?)(?::(\d+)(?:-(\d+))?)?$/u.exec(target) ?? [];
  if (!existsSync(file)) throw new HumanError(`There is no file ${file}.`);
  const lines = readFileSync(file, 'utf8').split('\n');
  const firstLine = Number(from ?? 1);
  const lastLine = Math.min(Number(to ?? from ?? lines.length), lines.length);
  if (firstLine < 1 || firstLine > lastLine) {
    throw new HumanError(`${file} has ${lines.length} lines; write for example ${file}:1-20.`);
  }
  const code = lines.slice(firstLine - 1, lastLine).join('\n');
  const language = path.extname(file).slice(1) || 'plaintext';
  return firstPrompt({ code, language, path: file, firstLine, lastLine }, Infinity);
}

/** Prints a stream as it comes and returns its end. */
async function printAnswer(stream: AsyncIterable<ChatEvent>): Promise<StreamEnd> {
  const started = performance.now();
  let firstMs: number | undefined;
  for await (const event of stream) {
    if (event.type === 'delta') {
      firstMs ??= performance.now() - started;
      note(event.thinking);
      process.stdout.write(escapeHidden(event.content));
    } else if (event.type === 'end') {
      process.stdout.write('\n');
      if (event.end.kind === 'done') note(timings(event.end.metrics, firstMs, event.end.reason));
      return event.end;
    } else if (event.type === 'phase') note(`[${event.phase}]\n`);
    else note(`[${JSON.stringify(event)}]\n`);
  }
  throw new Error('The stream had no end.');
}

function timings(metrics: Metrics, firstMs: number | undefined, reason: string): string {
  const rate = (name: string, tokens = 0, ns = 0): string =>
    `${name} ${tokens} tokens${ns > 0 ? `, ${((tokens * 1e9) / ns).toFixed(1)}/s` : ''}`;
  const parts = [
    `first token ${((firstMs ?? 0) / 1_000).toFixed(2)} s`,
    `load ${((metrics.loadDurationNs ?? 0) / 1e9).toFixed(2)} s`,
    rate('prompt', metrics.promptEvalCount, metrics.promptEvalDurationNs),
    rate('answer', metrics.evalCount, metrics.evalDurationNs),
    `total ${((metrics.totalDurationNs ?? 0) / 1e9).toFixed(2)} s`,
    `ended by ${reason}`,
  ];
  return `[${parts.join(' · ')}]\n`;
}

async function ask(): Promise<number> {
  const { values, positionals } = readArguments();
  const question = positionals.join(' ');
  const explained = values.explain === undefined ? undefined : explainPrompt(values.explain);
  if (question === '' && explained === undefined) throw new HumanError(`Ask something:\n${usage}`);
  const server = await findServer(values.server, values.endpoint, values.local);
  const abort = new AbortController();
  let asked: Asked | undefined;
  process.once('SIGINT', () => abort.abort());
  try {
    asked = await open(values.server, server, values.model);
    note(`[${asked.model} at ${redactCredentials(server.url)}]\n`);
    const text = explained === undefined ? question : `${explained}\n\n${question}`.trimEnd();
    const end = await printAnswer(asked.stream(text, explained !== undefined, abort));
    if (end.kind === 'done') return 0;
    throw end.error;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    note(error.kind === 'cancelled' ? 'Stopped.\n' : `${error.message} (${error.kind})\n`);
    return error.kind === 'cancelled' ? 130 : 1;
  } finally {
    asked?.dispose();
    await server.stop();
  }
}

try {
  process.exitCode = await ask();
} catch (error) {
  note(`${error instanceof TypeError ? `${error.message}\n${usage}` : describeError(error)}\n`);
  process.exitCode = 1;
}
