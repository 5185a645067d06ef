import net from 'node:net';

/**
 * A server in a separate process, so that its work is not counted as the client's. It answers every
 * request on a socket with `options.tokens` chunks, one write each, `options.rate` a second, or as fast as
 * they are taken when the rate is 0. The text of a chunk is the time it was written, in nanoseconds of the
 * machine's monotonic clock.
 */
const server = net.createServer({ noDelay: true }, (socket) => {
  let request = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    request += bytes.toString('latin1');
    const asked = /"rate":(\d+),"tokens":(\d+)[^]*\}$/u.exec(request);
    if (!asked) return;
    request = '';
    void answer(socket, Number(asked[1]), Number(asked[2]));
  });
});

async function answer(socket: net.Socket, rate: number, tokens: number): Promise<void> {
  socket.write(
    'HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  if (rate === 0) await burst(socket, tokens);
  else await paced(socket, rate, tokens);
  socket.write(chunk('', ',"done_reason":"stop","eval_count":1}', true));
  socket.write('0\r\n\r\n');
}

async function burst(socket: net.Socket, tokens: number): Promise<void> {
  for (let sent = 0; sent < tokens && !socket.destroyed; sent++) {
    const fits = socket.write(chunk(now()));
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
function paced(socket: net.Socket, rate: number, tokens: number): Promise<void> {
  const begin = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(
      () => {
        const due = Math.min(tokens, Math.floor(((performance.now() - begin) * rate) / 1000));
        for (; sent < due; sent++) socket.write(chunk(now()));
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

function chunk(text: string, rest = '}', done = false): string {
  const head = '{"model":"smollm2:135m","created_at":"2026-11-22T07:41:04.033786688Z"';
  const line = `${head},"message":{"role":"assistant","content":"${text}"},"done":${done}${rest}\n`;
  return `${line.length.toString(16)}\r\n${line}\r\n`;
}

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as net.AddressInfo).port);
});
process.once('disconnect', () => process.exit());
