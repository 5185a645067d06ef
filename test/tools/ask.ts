// Asks a model through Cria's own client and streams the answer to the terminal:
//   npm run ask -- "question" [--model M] [--endpoint URL] [--explain FILE:1-20] [--local]
// The answer goes to stdout, everything about it to stderr. Ctrl+C stops it.
import { parseArgs } from 'node:util';
import { OllamaClient } from '../../src/ollama/ollamaClient';
import { displayOrigin, parseEndpoint } from '../../src/ollama/endpoint';
import { OllamaError } from '../../src/ollama/errors';
import { printAnswer } from '../support/ask/answerPrinter';
import { explainPrompt } from '../support/ask/explainPrompt';
import { failureSentence } from '../support/ask/failureSentence';
import { describeError, HumanError } from '../support/humanError';
import { startLocalModel } from '../support/localModel/startLocalModel';
import { findRealModel } from '../support/realModel';

const usage =
  'npm run ask -- "question" [--model M] [--endpoint URL] [--explain FILE:1-20] [--local]';

function readArguments(): ReturnType<typeof parse> {
  try {
    return parse();
  } catch (error) {
    throw new HumanError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      endpoint: { type: 'string' },
      explain: { type: 'string' },
      local: { type: 'boolean', default: false },
    },
  });
}

interface Server {
  readonly url: string;
  readonly model?: string;
  readonly stop: () => Promise<void>;
}

/** The server that was named; else a running or installed Ollama; else the small model of the tests. */
async function findServer(endpoint: string | undefined, local: boolean): Promise<Server> {
  if (local) return startLocalModel();
  if (endpoint !== undefined) return { url: endpoint, stop: () => Promise.resolve() };
  const found = await findRealModel();
  note(`[${found.origin}]\n`);
  return found;
}

async function firstModel(client: OllamaClient): Promise<string> {
  const { models } = await client.tags();
  const model = models.find(({ capabilities }) => capabilities?.includes('completion') ?? true);
  if (!model) throw new HumanError('The server has no model. Try: ollama pull qwen3:4b');
  return model.name;
}

function note(text: string): void {
  process.stderr.write(text);
}

async function ask(): Promise<number> {
  const { values, positionals } = readArguments();
  const question = positionals.join(' ');
  if (question === '' && values.explain === undefined)
    throw new HumanError(`Ask something:\n${usage}`);
  const explained = values.explain === undefined ? undefined : explainPrompt(values.explain);
  const server = await findServer(values.endpoint, values.local);
  const endpoint = parseEndpoint(server.url, process.env);
  const client = new OllamaClient({ endpoint });
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  let model = values.model ?? server.model ?? '';
  try {
    model ||= await firstModel(client);
    const stream =
      explained === undefined
        ? client.chat({ model, messages: [{ role: 'user', content: question }] }, abort)
        : client.generate({ model, prompt: `${explained}\n\n${question}`.trimEnd() }, abort);
    const out = (text: string) => void process.stdout.write(text);
    const end = await printAnswer(stream, { out, note, now: () => performance.now() });
    if (end.kind === 'done') return 0;
    throw end.error;
  } catch (error) {
    if (!(error instanceof OllamaError)) throw error;
    note(`${failureSentence(error, { origin: displayOrigin(endpoint), model })}\n`);
    return error.kind === 'cancelled' ? 130 : 1;
  } finally {
    client.dispose();
    await server.stop();
  }
}

try {
  process.exitCode = await ask();
} catch (error) {
  note(`${error instanceof TypeError ? error.message : describeError(error)}\n`);
  process.exitCode = 1;
}
