import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import { OllamaClient } from '../../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../../src/http/endpoint';
import { sized } from '../../support/bench';

/** Medians of one sample, in milliseconds from the call to the first text. */
export interface FirstToken {
  readonly cria: number;
  readonly raw: number;
  readonly [name: string]: number;
}

/** By the state of the connection. */
export interface FirstTokens {
  readonly cold: readonly FirstToken[];
  readonly warm: readonly FirstToken[];
}

const samples = sized(15, 1);
const questions = sized(20, 1);
const request = {
  model: 'm',
  messages: [{ role: 'user', content: 'hi' }],
  options: { rate: 0, tokens: 1 },
} as const;

/**
 * What VS Code calls in its extension host. Asks the token server at `CRIA_BENCH_PORT` again and again,
 * with a new connection each time and with one that is kept, and writes {@link FirstTokens} to
 * `CRIA_BENCH_FILE`.
 */
export async function run(): Promise<void> {
  const port = Number(process.env['CRIA_BENCH_PORT']);
  const result: FirstTokens = {
    cold: await takeSamples(async () => {
      const client = connect(port);
      const cria = await firstText(client);
      client.dispose();
      let socket: net.Socket | undefined;
      const raw = await rawFirstText(async () => (socket = await openSocket(port)));
      socket?.destroy();
      return { cria, raw };
    }),
    warm: await warmSamples(port),
  };
  await writeFile(process.env['CRIA_BENCH_FILE'] ?? '', JSON.stringify(result));
}

async function warmSamples(port: number): Promise<FirstToken[]> {
  const client = connect(port);
  const socket = await openSocket(port);
  const taken = await takeSamples(async () => ({
    cria: await firstText(client),
    raw: await rawFirstText(() => Promise.resolve(socket)),
  }));
  client.dispose();
  socket.destroy();
  return taken;
}

async function takeSamples(ask: () => Promise<FirstToken>): Promise<FirstToken[]> {
  for (let question = 0; question < questions; question++) await ask();
  const taken: FirstToken[] = [];
  while (taken.length < samples) {
    const asked: FirstToken[] = [];
    while (asked.length < questions) asked.push(await ask());
    taken.push({
      cria: median(asked.map(({ cria }) => cria)),
      raw: median(asked.map(({ raw }) => raw)),
    });
  }
  return taken;
}

function connect(port: number): OllamaClient {
  return new OllamaClient({ endpoint: parseEndpoint(`http://127.0.0.1:${port}`, {}) });
}

async function firstText(client: OllamaClient): Promise<number> {
  const begin = performance.now();
  let first = Number.NaN;
  for await (const event of client.chat(request)) {
    if (event.type === 'delta' && Number.isNaN(first)) first = performance.now() - begin;
  }
  return first;
}

async function openSocket(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** The least that anything must do: a socket, a request, and `JSON.parse` of the first line. */
async function rawFirstText(open: () => Promise<net.Socket>): Promise<number> {
  const begin = performance.now();
  const socket = await open();
  const body = JSON.stringify(request);
  socket.write(
    `POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  let first = Number.NaN;
  let answer = '';
  while (!answer.endsWith('\r\n0\r\n\r\n')) {
    const [piece] = (await once(socket, 'data')) as [Buffer];
    answer += piece.toString('latin1');
    const line = /^\{.*\}$/mu.exec(answer)?.[0];
    if (line === undefined || !Number.isNaN(first)) continue;
    JSON.parse(line);
    first = performance.now() - begin;
  }
  return first;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
