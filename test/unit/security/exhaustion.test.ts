import assert from 'node:assert/strict';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { pace, type Script } from '../../support/ollamaServer/exchange';
import { respond } from '../../support/ollamaServer/scripts';
import {
  doneLine,
  Fixture,
  isStreamed,
  matrixRoutes,
  type RouteName,
  routes,
} from '../ollama/clientFixture';

const mebibyte = 1024 * 1024;
const nothing = Buffer.alloc(64 * mebibyte);

/** Small on the wire, and far larger than any answer when it is inflated. */
const bombs: readonly (readonly [encoding: string, body: Buffer])[] = [
  ['gzip', gzipSync(nothing)],
  ['GZIP', gzipSync(nothing)],
  ['gzip, gzip', gzipSync(gzipSync(nothing))],
  ['deflate', deflateSync(nothing)],
  ['br', brotliCompressSync(nothing.subarray(0, 8 * mebibyte))],
  ['zstd', Buffer.from('28b52ffd', 'hex')],
  ['x-unheard-of', Buffer.from('{}')],
];

/** JSON that is read, but is too deep to be written again. */
const deep = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth);
const lists = deep('[', ']', 20_000);
const objects = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
const deepTexts: readonly string[] = [
  ...[lists, objects, `{"error":${lists}}`, `{"error":${objects}}`, `{"models":${lists}}`],
  ...[`{"models":[${objects}]}`, `{"details":${lists},"model_info":${objects}}`],
  ...[`{"message":${lists}}`, `{"response":${objects}}`, `{"message":{"content":${lists}}}`],
  ...[`{"error":${JSON.stringify(`{"error":${objects}}`)}}`, '['.repeat(100_000)],
];

describe('a server that would exhaust the machine', () => {
  const fixture = new Fixture();

  async function outcome(route: RouteName, script: Script): Promise<string> {
    const { path, call } = routes[route];
    fixture.server.on(path, script);
    // As long as a reader waits for what comes without a model.
    return call(fixture.client({ timing: { answer: 200, retry: 1 } }));
  }

  it(`has none of ${bombs.length} compressed answers inflated`, async () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const route of matrixRoutes) {
      for (const [encoding, body] of bombs) {
        const said = await outcome(route, respond(200, { 'content-encoding': encoding }, body));
        assert.equal(said, isStreamed(route) ? 'serverError:protocol' : 'protocol', encoding);
      }
    }
    assert.ok(process.memoryUsage().arrayBuffers - before < nothing.length);
  });

  it(`gets an error out of ${deepTexts.length} texts of JSON that go deep, and no exception`, async () => {
    const allowed = /^(?:ok|(?:serverError:)?(?:protocol|server)|truncated:truncated)$/u;
    for (const route of matrixRoutes) {
      for (const text of deepTexts) {
        for (const status of [200, 500]) {
          const said = await outcome(route, respond(status, {}, `${text}\n`));
          assert.match(said, allowed, `${route} ${status} ${text.slice(0, 40)}`);
        }
      }
    }
  });

  const line = `{"message":{"content":"ab"},"response":"ab"}\n${doneLine}\n`;

  it('is read to the end when it sends one byte at a time', async () => {
    for (const route of ['chat', 'explain'] as const) {
      const script: Script = async (exchange) => {
        for (const byte of Buffer.from(line)) await exchange.write(Buffer.of(byte));
        exchange.end();
      };
      assert.equal(await outcome(route, script), 'ok');
    }
  });

  it('holds up nothing that is answered without a model, however slowly it trickles', async () => {
    for (const route of ['list', 'show'] as const) {
      const script: Script = async (exchange) => {
        while (!exchange.aborted) {
          await pace(exchange, { everyMs: 20 });
          await exchange.write(' ');
        }
      };
      assert.match(await outcome(route, script), /^(?:unreachable|protocol)$/u);
    }
  });
});
