import assert from 'node:assert/strict';
import { createReport, diagnose } from '../../src/server/diagnosis';
import { createOllamaProvider } from '../../src/server/ollamaProvider';
import type { Script } from '../support/ollamaServer/exchange';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';

const password = 'canary-password-7f3a';
const key = 'sk-canary+9f/81"7c3e&5a2b<0d44e6=f8x~q';
const basic = Buffer.from(`ada:${password}`).toString('base64');
const live =
  '[docs](command:workbench.action.terminal.new) <command:x> \u202E$(trash)\n\n# Not Cria';

/** A server that says back what it was sent when it fails, and hostile texts when it does not. */
const echoes: Readonly<Record<string, (said: string) => Script>> = {
  'a refusal': (said) => (exchange) => exchange.respond(401, {}, JSON.stringify({ error: said })),
  'a failure': (said) => (exchange) => exchange.respond(500, {}, `${'x'.repeat(190)}${said}`),
  'a page': (said) => (exchange) =>
    exchange.respond(200, { 'content-type': 'text/html' }, `<title>${said}</title>`),
  'a redirect': (said) => (exchange) =>
    exchange.respond(302, { location: `https://a.example/?k=${encodeURIComponent(said)}` }, ''),
  'a version': () => (exchange) =>
    exchange.respond(200, {}, JSON.stringify({ version: live, models: [{ name: live }] })),
};

describe('the report of a diagnosis', () => {
  let server: OllamaServer;

  beforeEach(async () => {
    server = await OllamaServer.start();
  });
  afterEach(() => server.close());

  for (const [name, echo] of Object.entries(echoes)) {
    for (const headers of [{ 'X-Api-Key': key }, { Authorization: `Bearer ${key}` }, {}]) {
      const sent = Object.keys(headers).join() || 'a name and a password';
      it(`M7, M4: holds no credentials and no links of ${name}: ${sent}`, async () => {
        const said = `${key} ${password} ada:${password} ${basic} ${live}`;
        for (const path of ['/', '/api/version', '/api/tags', '/v1/models']) {
          server.on(path, echo(said));
        }
        const backend = createOllamaProvider(() => Promise.resolve(headers));
        const isKey = Object.keys(headers).length > 0;
        backend.connect(isKey ? server.url : server.url.replace('//', `//ada:${password}@`));
        try {
          const { origin } = backend;
          const findings = await diagnose({
            ...{
              server: backend,
              origin,
              source: 'from cria.endpoint',
              model: live,
              hasKey: isKey,
            },
            ...{
              proxy: '',
              remoteName: undefined,
              runsRemotely: false,
              seesGit: true,
              patienceMs: 2_000,
            },
          });
          const { text } = createReport(origin, findings);
          for (const secret of isKey ? [key, key.slice(3, 14)] : [password, basic]) {
            assert.ok(!text.includes(secret), text);
          }
          // In code, Markdown has no links.
          const plain = text.replaceAll(/(?<marks>`+) [^\n]*? \k<marks>(?!`)/gu, '');
          assert.doesNotMatch(plain, /\]\(|<command|\u202E|^# Not/mu);
        } finally {
          backend.dispose();
        }
      });
    }
  }

  it('M4: holds no link of a name that is in a title', () => {
    const finding = { title: `Answer from ${live}`, state: 'bad', sentence: live } as const;
    const { text } = createReport('http://127.0.0.1:11434', [finding]);
    const plain = text.replaceAll(/(?<marks>`+) [^\n]*? \k<marks>(?!`)/gu, '');
    assert.doesNotMatch(plain, /\]\(|<command|\u202E|^# Not/mu);
    assert.equal(text.split('\n').length, 6);
  });
});
