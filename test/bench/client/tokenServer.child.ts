import net from 'node:net';

/**
 * A server in a separate process, so that its work is not counted as the client's. It answers every
 * request on a socket with `options.tokens` chunks, one write each, `options.rate` a second, or as fast as
 * they are taken when the rate is 0. The text of a chunk is the time it was written, in nanoseconds of the
 * machine's monotonic clock. A request to `/v1` is answered as vLLM does, any other as Ollama does.
 */
const server = net.createServer({ noDelay: true }, (socket) => {
  let request = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    request += bytes.toString('latin1');
    const asked = /"rate":(\d+),"tokens":(\d+)[^]*\}$/u.exec(request);
    if (!asked) return;
    const form = request.startsWith('POST /v1') ? sse : ndjson;
    request = '';
    void answer(socket, form, Number(asked[1]), Number(asked[2]));
  });
});

async function answer(socket: net.Socket, form: Form, rate: number, tokens: number): Promise<void> {
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Type: ${form.type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  if (rate === 0) await burst(socket, form, tokens);
  else await paced(socket, form, rate, tokens);
  socket.write(framed(form.end));
  socket.write('0\r\n\r\n');
}

async function burst(socket: net.Socket, form: Form, tokens: number): Promise<void> {
  for (let sent = 0; sent < tokens && !socket.destroyed; sent++) {
    const fits = socket.write(framed(form.chunk(now())));
    if (!fits) await drained(socket);
  }
}

/** Resolves when more can be written, or never again. */
function drained(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
}

/** Timers are late now and then: what is due is sent, one write each, so that the rate holds. */
function paced(socket: net.Socket, form: Form, rate: number, tokens: number): Promise<void> {
  const begin = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(
      () => {
        const due = Math.min(tokens, Math.floor(((performance.now() - begin) * rate) / 1000));
        for (; sent < due; sent++) socket.write(framed(form.chunk(now())));
        if (sent < tokens && !socket.destroyed) return;
        clearInterval(timer);
        resolve();
      },
      Math.max(1, 500 / rate),
    );
  });
}

function now(): string {
  return String(process.hrtime.bigint());
}

/** How an API writes an answer. */
interface Form {
  readonly type: string;
  chunk(text: string): string;
  readonly end: string;
}

const ndjsonLine = (text: string, rest = '}', done = false): string => {
  const head = '{"model":"smollm2:135m","created_at":"2026-11-22T07:41:04.033786688Z"';
  return `${head},"message":{"role":"assistant","content":"${text}"},"done":${done}${rest}\n`;
};

const ndjson: Form = {
  type: 'application/x-ndjson',
  chunk: (text) => ndjsonLine(text),
  end: ndjsonLine('', ',"done_reason":"stop","eval_count":1}', true),
};

const sseEvent = (text: string, reason = 'null'): string => {
  const head =
    '{"id":"chatcmpl-8531ab66","object":"chat.completion.chunk","created":1796042253,"model":"smollm2:135m"';
  const rest = `"logprobs":null,"finish_reason":${reason},"token_ids":null`;
  return `data: ${head},"choices":[{"index":0,"delta":{"content":"${text}"},${rest}}]}\n\n`;
};

const sse: Form = {
  type: 'text/event-stream; charset=utf-8',
  chunk: (text) => sseEvent(text),
  end: `${sseEvent('', '"stop"')}data: [DONE]\n\n`,
};

function framed(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as net.AddressInfo).port);
});
process.once('disconnect', () => process.exit());
