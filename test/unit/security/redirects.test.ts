import assert from 'node:assert/strict';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { respond } from '../../support/ollamaServer/scripts';
import { Fixture, matrixRoutes, routes } from '../ollama/clientFixture';

const port = (url: string): string => new URL(url).port;

/** Every header and body that a client could take for an invitation, to a server at `url`. */
const invitations: readonly (readonly [name: string, headers: (url: string) => Headers])[] = [
  ['whole', (url) => ({ location: `${url}/api` })],
  ['without a scheme', (url) => ({ location: `//127.0.0.1:${port(url)}/api` })],
  ['with credentials', (url) => ({ location: `http://ada:key@127.0.0.1:${port(url)}/` })],
  ['in capitals, with spaces', (url) => ({ location: `  HTTP://127.0.0.1:${port(url)}/ ` })],
  ['with backslashes', (url) => ({ location: `http:\\\\127.0.0.1:${port(url)}\\` })],
  ['by refresh', (url) => ({ refresh: `0; url=${url}` })],
  ['by content location', (url) => ({ 'content-location': url })],
  ['by link', (url) => ({ link: `<${url}/a.js>; rel=preload, <${url}>; rel=canonical` })],
  ['by another service', (url) => ({ 'alt-svc': `h2="127.0.0.1:${port(url)}"; ma=9` })],
  ['by a proxy', (url) => ({ 'proxy-authenticate': 'Basic', location: url })],
];
type Headers = Readonly<Record<string, string>>;

const statuses = [200, 300, 301, 302, 303, 304, 305, 307, 308, 401, 407];

describe('redirects', () => {
  const fixture = new Fixture();
  let elsewhere: OllamaServer;

  before(async () => {
    elsewhere = await OllamaServer.start();
  });

  after(() => elsewhere.close());

  it('of every kind and at every request never lead to a second server', async () => {
    const client = fixture.client({ timing: { retry: 1 } });
    for (const route of matrixRoutes) {
      const { path, call } = routes[route];
      for (const status of statuses) {
        for (const [, headers] of invitations) {
          fixture.server.on(path, respond(status, headers(elsewhere.url), `see ${elsewhere.url}`));
          await call(client);
        }
      }
    }
    const asked = matrixRoutes.length * statuses.length * invitations.length;
    assert.ok(fixture.server.requests.length >= asked, 'each was asked');
    assert.equal(elsewhere.connections, 0);
  }).timeout(60_000);
});
