import net from 'node:net';
import { Ollama } from 'ollama';
import { OllamaClient } from '../../../src/ollama/ollamaClient';
import { parseEndpoint } from '../../../src/http/endpoint';

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

function bodyOf(stream: Stream): string {
  return JSON.stringify({ model: 'm', messages: [message], options: optionsOf(stream) });
}

interface Chunk {
  readonly message: { readonly content: string };
  readonly done: boolean;
}

/** The least that anything must do: a socket, and `JSON.parse` for each line that is one. */
const raw: Reader = (stream, onText) =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ port: stream.port, host: '127.0.0.1', noDelay: true });
    const body = bodyOf(stream);
    socket.write(
      `POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (piece: Buffer) => {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      let from = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
        if (bytes[from] === 0x7b) {
          const chunk = JSON.parse(bytes.toString('utf8', from, end)) as Chunk;
          onText(chunk.message.content);
          if (chunk.done) {
            socket.destroy();
            resolve();
            return;
          }
        }
        from = end + 1;
      }
      rest = bytes.subarray(from);
    });
  });

const cria: Reader = async (stream, onText) => {
  const client = new OllamaClient({
    endpoint: parseEndpoint(`http://127.0.0.1:${stream.port}`, {}),
  });
  const request = { model: 'm', messages: [message], options: optionsOf(stream) };
  for await (const event of client.chat(request)) {
    if (event.type === 'delta') onText(event.content);
    if (event.type === 'end' && event.end.kind !== 'done') throw event.end.error;
  }
  client.dispose();
};

const fetchReader: Reader = async (stream, onText) => {
  const response = await fetch(`http://127.0.0.1:${stream.port}/api/chat`, {
    method: 'POST',
    body: bodyOf(stream),
  });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let rest = '';
  for (;;) {
    const piece = await reader?.read();
    if (piece === undefined || piece.done) return;
    const lines = (rest + decoder.decode(piece.value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onText((JSON.parse(line) as Chunk).message.content);
  }
};

const ollama: Reader = async (stream, onText) => {
  const client = new Ollama({ host: `http://127.0.0.1:${stream.port}` });
  const options: Record<string, number> = optionsOf(stream);
  const chunks = await client.chat({ model: 'm', messages: [message], stream: true, options });
  for await (const chunk of chunks) onText(chunk.message.content);
};

export const readers = { raw, cria, fetch: fetchReader, ollama } satisfies Record<string, Reader>;
export type ReaderName = keyof typeof readers;
