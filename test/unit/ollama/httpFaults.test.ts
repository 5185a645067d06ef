import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { raw, respond } from '../../support/ollamaServer/scripts';
import type { Exchange, Script } from '../../support/ollamaServer/exchange';
import { doneLine, Fixture, isStreamed, matrixRoutes, type Outcome, routes } from './clientFixture';

interface Fault {
  readonly name: string;
  readonly script: Script;
  /** The kind of the error, or of the end and the error for each of the two forms. */
  readonly expected: string | { readonly streamed: Outcome; readonly answered: Outcome };
}

/** A body that is right for any of the routes. */
const goodBody = `{"models":[],"details":{},"model_info":{},"response":"a","message":{"content":"a"},"done":true}`;

function status(code: number, expected: string, body = 'no'): Fault {
  return {
    name: String(code),
    script: respond(code, { 'content-type': 'text/plain' }, body),
    expected,
  };
}

function lies(headers: string, body: string): Script {
  return raw([`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`]);
}

const moved = [301, 302, 303, 307, 308].map((code): Fault => {
  const script = (exchange: Exchange) =>
    exchange.respond(code, { location: `${elsewhereUrl}/api` }, 'moved');
  return { name: String(code), script, expected: 'redirect' };
});
let elsewhereUrl = '';

const faults: readonly Fault[] = [
  ...moved,
  status(400, 'server'),
  status(401, 'unauthorized'),
  status(403, 'forbidden', ''),
  status(404, 'protocol', '404 page not found'),
  status(408, 'gatewayTimeout'),
  status(413, 'server', '<title>413 Request Entity Too Large</title>'),
  status(429, 'busy'),
  status(500, 'server'),
  status(502, 'gatewayTimeout'),
  status(503, 'busy'),
  status(504, 'gatewayTimeout'),
  status(204, 'protocol', ''),
  {
    name: 'wrong content type, right content',
    script: respond(200, { 'content-type': 'application/pdf' }, goodBody),
    expected: { streamed: 'ok', answered: 'ok' },
  },
  {
    name: 'compressed',
    script: respond(200, { 'content-encoding': 'gzip' }, gzipSync(goodBody)),
    expected: 'protocol',
  },
  {
    name: 'empty 200',
    script: respond(200, {}, ''),
    expected: { streamed: 'truncated:truncated', answered: 'protocol' },
  },
  {
    name: 'HTML 200',
    script: respond(200, { 'content-type': 'text/html' }, '<!doctype html><title>Sign in</title>'),
    expected: 'protocol',
  },
  {
    name: 'text 200',
    script: respond(200, { 'content-type': 'text/plain' }, 'Ollama is running'),
    expected: 'protocol',
  },
  {
    name: 'chunk length lies',
    script: lies('Transfer-Encoding: chunked', '4\r\n{"models":[]}\r\nzz\r\n'),
    expected: { streamed: 'serverError:protocol', answered: 'protocol' },
  },
  {
    name: 'content length lies: too long',
    script: lies('Content-Length: 9000', '{"models":'),
    expected: { streamed: 'transportError:truncated', answered: 'truncated' },
  },
  {
    name: 'content length lies: too short',
    script: lies('Content-Length: 10', goodBody),
    expected: { streamed: 'truncated:truncated', answered: 'protocol' },
  },
  {
    name: 'header flood',
    script: lies(`X-Flood: ${'x'.repeat(100_000)}`, goodBody),
    expected: { streamed: 'serverError:protocol', answered: 'protocol' },
  },
  {
    name: 'not HTTP',
    script: raw(['SSH-2.0-OpenSSH_9.6\r\n']),
    expected: { streamed: 'serverError:protocol', answered: 'protocol' },
  },
];

describe('N2 HTTP faults', () => {
  const fixture = new Fixture();
  let elsewhere: OllamaServer;

  beforeEach(async () => {
    elsewhere = await OllamaServer.start();
    elsewhereUrl = elsewhere.url;
  });
  afterEach(() => elsewhere.close());

  for (const { name, script, expected } of faults) {
    for (const route of matrixRoutes) {
      it(`N2 ${name}, ${route}`, async () => {
        fixture.server.on(routes[route].path, script);
        const client = fixture.client({ timing: { retry: 1 } });
        const wanted =
          typeof expected === 'string'
            ? `${isStreamed(route) ? 'serverError:' : ''}${expected}`
            : expected[isStreamed(route) ? 'streamed' : 'answered'];
        assert.equal(await routes[route].call(client), wanted);
        assert.equal(elsewhere.connections, 0, 'nothing goes to another address');
      });
    }
  }

  it('N2 a redirect names its target', async () => {
    fixture.server.on(
      '/api/tags',
      respond(307, { location: 'https://login.example/?to=ollama' }, ''),
    );
    await assert.rejects(
      fixture.client().tags(),
      /redirects to https:\/\/login\.example\/\?to=ollama/u,
    );
  });

  it('N2 a stream over HTTP/1.0, ended by closing', async () => {
    const body = `{"message":{"content":"a"}}\n${doneLine}\n`;
    fixture.server.on('/api/chat', raw([`HTTP/1.0 200 OK\r\n\r\n${body}`]));
    assert.equal(await routes.chat.call(fixture.client()), 'ok');
    fixture.server.on('/api/chat', raw(['HTTP/1.0 200 OK\r\n\r\n{"message":{"content":"a"}}\n']));
    assert.equal(await routes.chat.call(fixture.client()), 'truncated:truncated');
  });
});
