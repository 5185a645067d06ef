import net from 'node:net';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { parseEndpoint } from '../../../src/http/endpoint';
import type { ChatEvent } from '../../../src/http/streamEvents';
import { OllamaClient } from '../../../src/ollama/ollamaClient';
import { OpenaiClient } from '../../../src/openai/openaiClient';

export interface Stream {
  readonly port: number;
  /** Tokens a second; 0: as fast as they are taken. */
  readonly rate: number;
  readonly tokens: number;
}

/** Reads a whole answer and gives the text of each chunk to `onText`. */
export type Reader = (stream: Stream, onText: (text: string) => void) => Promise<void>;

const message = { role: 'user', content: 'hi' } as const;

function optionsOf({ rate, tokens }: Stream): { rate: number; tokens: number } {
  return { rate, tokens };
}

/** What readers without a client need to know of an API. */
interface Api {
  readonly route: string;
  readonly body: (stream: Stream) => string;
  /** The text of a line, and whether it is the last; undefined for lines without text. */
  readonly read: (line: string) => { readonly text: string; readonly isLast: boolean } | undefined;
}

interface OllamaLine {
  readonly message: { readonly content: string };
  readonly done: boolean;
}

const ollamaApi: Api = {
  route: '/api/chat',
  body: (stream) => JSON.stringify({ model: 'm', messages: [message], options: optionsOf(stream) }),
  read: (line) => {
    if (!line.startsWith('{')) return undefined;
    const { message: answer, done } = JSON.parse(line) as OllamaLine;
    return { text: answer.content, isLast: done };
  },
};

interface OpenaiChunk {
  readonly choices: readonly {
    readonly delta: { readonly content: string };
    readonly finish_reason: string | null;
  }[];
}

const openaiApi: Api = {
  route: '/v1/chat/completions',
  body: (stream) =>
    JSON.stringify({ model: 'm', messages: [message], stream: true, ...optionsOf(stream) }),
  read: (line) => {
    if (!line.startsWith('data: {')) return undefined;
    const { choices } = JSON.parse(line.slice('data: '.length)) as OpenaiChunk;
    return { text: choices[0]?.delta.content ?? '', isLast: choices[0]?.finish_reason !== null };
  },
};

/** The least that anything must do: a socket, and `JSON.parse` for each line that is one. */
function rawReader({ route, body: bodyOf, read }: Api): Reader {
  return (stream, onText) =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ port: stream.port, host: '127.0.0.1', noDelay: true });
      const body = bodyOf(stream);
      socket.write(
        `POST ${route} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      let rest: Buffer = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('data', (piece: Buffer) => {
        const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
        let from = 0;
        for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
          // Not the lines of the headers and of the framing.
          const isJson = bytes[from] === 0x7b || bytes[from] === 0x64;
          const chunk = isJson ? read(bytes.toString('utf8', from, end)) : undefined;
          if (chunk) onText(chunk.text);
          if (chunk?.isLast) {
            socket.destroy();
            resolve();
            return;
          }
          from = end + 1;
        }
        rest = bytes.subarray(from);
      });
    });
}

function fetchReader({ route, body, read }: Api): Reader {
  return async (stream, onText) => {
    const response = await fetch(`http://127.0.0.1:${stream.port}${route}`, {
      method: 'POST',
      body: body(stream),
    });
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    let rest = '';
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) return;
      const lines = (rest + decoder.decode(piece.value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const chunk = read(line);
        if (chunk) onText(chunk.text);
      }
    }
  };
}

async function readEvents(
  events: AsyncIterable<ChatEvent>,
  onText: (text: string) => void,
): Promise<void> {
  for await (const event of events) {
    if (event.type === 'delta') onText(event.content);
    if (event.type === 'end' && event.end.kind !== 'done') throw event.end.error;
  }
}

const cria: Reader = async (stream, onText) => {
  const endpoint = parseEndpoint(`http://127.0.0.1:${stream.port}`, {});
  const client = new OllamaClient({ endpoint });
  const request = { model: 'm', messages: [message], options: optionsOf(stream) };
  await readEvents(client.chat(request), onText);
  client.dispose();
};

const criaSse: Reader = async (stream, onText) => {
  const root = parseEndpoint(`http://127.0.0.1:${stream.port}`, {});
  const client = new OpenaiClient({ base: { root, path: '/v1' } });
  const request = { model: 'm', messages: [message], options: { ...optionsOf(stream) } };
  await readEvents(client.chat(request), onText);
  client.dispose();
};

const ollama: Reader = async (stream, onText) => {
  const client = new Ollama({ host: `http://127.0.0.1:${stream.port}` });
  const options: Record<string, number> = optionsOf(stream);
  const chunks = await client.chat({ model: 'm', messages: [message], stream: true, options });
  for await (const chunk of chunks) onText(chunk.message.content);
};

const openai: Reader = async (stream, onText) => {
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${stream.port}/v1`, apiKey: 'none' });
  const request = { model: 'm', messages: [message], stream: true, ...optionsOf(stream) } as const;
  const chunks = await client.chat.completions.create({ ...request, messages: [message] });
  for await (const chunk of chunks) onText(chunk.choices[0]?.delta.content ?? '');
};

export const readers = {
  raw: rawReader(ollamaApi),
  cria,
  fetch: fetchReader(ollamaApi),
  ollama,
  'raw SSE': rawReader(openaiApi),
  'cria SSE': criaSse,
  'fetch SSE': fetchReader(openaiApi),
  openai,
} satisfies Record<string, Reader>;
export type ReaderName = keyof typeof readers;
