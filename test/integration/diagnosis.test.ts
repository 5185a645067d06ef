import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createAskModel,
  createReport,
  diagnose,
  type DiagnosisOptions,
  type Report,
} from '../../src/server/diagnosis';
import { createOllamaProvider } from '../../src/server/ollamaProvider';
import certificates from '../support/certificates.json';
import { inRepo } from '../support/folders';
import { Gate, type Script } from '../support/ollamaServer/exchange';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { answer, fail, respond, silent } from '../support/ollamaServer/scripts';
import { setting } from './support/extensionHost';

/** A fault; what a person then reads is in diagnosis.md. */
interface Fault {
  readonly name: string;
  /** What is set up before; gives the address to ask. */
  readonly arrange: (server: OllamaServer) => Promise<string> | string;
  readonly proxy?: string;
}

const html = respond(
  200,
  { 'Content-Type': 'text/html' },
  '<!doctype html><title>Hotel WiFi</title>',
);

const faults: readonly Fault[] = [
  {
    name: 'nothing wrong',
    arrange: ({ url }) => url,
  },
  {
    name: '1. Ollama is not running',
    arrange: async (server) => {
      const { url } = server;
      await server.close();
      isClosed = true;
      return url;
    },
  },
  {
    name: '2. a name that nobody knows',
    arrange: () => 'http://no-such-host.invalid:11434',
  },
  {
    name: '3. the connection is accepted, and nothing comes',
    arrange: (server) => everywhere(server, silent()),
  },
  {
    name: '4. the login page of a network',
    arrange: (server) => everywhere(server, html),
  },
  {
    name: '5. Ollama is below another path',
    arrange: ({ url }) => `${url}/ollama`,
  },
  {
    name: '6. a key is asked for',
    arrange: (server) => everywhere(server, fail(401, 'unauthorized')),
  },
  {
    name: '7. the host name is refused',
    arrange: (server) => everywhere(server, respond(403, {})),
  },
  {
    name: '8. a certificate that this machine does not trust',
    arrange: () => secure.url,
  },
  {
    name: '9. a proxy that wants credentials',
    arrange: () => 'http://ollama.invalid:11434',
    proxy: 'http://proxy:3128',
  },
  {
    name: '10. an old version without a model',
    arrange: (server) => {
      server.version('0.5.1');
      server.models([]);
      return server.url;
    },
  },
  {
    name: '11. a redirect',
    arrange: (server) =>
      everywhere(server, respond(302, { Location: 'https://login.example.com/?from=ollama' })),
  },
  {
    name: '12. another server that imitates Ollama, without the model that is set',
    arrange: (server) => {
      server.on('/api/version', fail(404, 'not found'));
      server.models(['other:1b']);
      return server.url;
    },
  },
];

function everywhere(server: OllamaServer, script: Script): string {
  for (const path of ['/api/version', '/api/tags']) server.on(path, script);
  return server.url;
}

/** The reports as they are written down, by fault. */
const expected = new Map(
  readFileSync(inRepo('test', 'integration', 'diagnosis.md'), 'utf8')
    .split(/^## /mu)
    .slice(1)
    .map((section) => {
      const [name = '', ...rest] = section.split('\n');
      return [name, rest.join('\n').trim()] as const;
    }),
);

type Side = Pick<DiagnosisOptions, 'remoteName' | 'runsRemotely' | 'seesGit'>;
const thisMachine: Side = { remoteName: undefined, runsRemotely: false, seesGit: true };

let secure: OllamaServer;
/** One fault closes the server itself. */
let isClosed = false;

describe('the diagnosis of the connection', () => {
  let server: OllamaServer;
  let proxy: http.Server;

  before(async () => {
    secure = await OllamaServer.start({ tls: certificates.good });
    proxy = http.createServer((_request, response) => response.writeHead(407).end());
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });

  after(async () => {
    await setting('http.proxy', undefined);
    proxy.close();
    await secure.close();
  });

  async function look(
    address: string,
    proxy = '',
    side: Side = thisMachine,
    asksModel = false,
  ): Promise<Report> {
    const backend = createOllamaProvider();
    backend.connect(address);
    try {
      const chat: typeof backend.chat = (prompt, signal) => backend.chat(prompt, signal);
      const ask = createAskModel(chat, { model: 'qwen3:8b', profile: {} });
      const findings = await diagnose({
        server: backend,
        askModel: asksModel ? ask : undefined,
        ...{ origin: backend.origin, source: 'from cria.endpoint', model: 'qwen3:8b' },
        ...{ hasKey: false, proxy, ...side, patienceMs: 3_000 },
      });
      return createReport(backend.origin, findings);
    } finally {
      backend.dispose();
    }
  }

  beforeEach(async () => {
    server = await OllamaServer.start();
    server.models(['qwen3:8b']);
    server.version('0.34.2');
  });
  afterEach(async () => {
    if (!isClosed) await server.close();
    isClosed = false;
  });

  for (const fault of faults) {
    it(fault.name, async () => {
      const { port } = proxy.address() as AddressInfo;
      await setting(
        'http.proxy',
        fault.proxy === undefined ? undefined : `http://127.0.0.1:${port}`,
      );
      const { text, buttons } = await look(await fault.arrange(server), fault.proxy);
      const actions = buttons.map(({ action }) => action).join(', ') || 'none';
      const section = `\`\`\`text\n${withoutPorts(text)}\`\`\`\n\nButtons: ${actions}`;
      assert.equal(section, expected.get(fault.name));
    });
  }

  it('says on which side of a remote window Cria and Git run, and claims nothing that was not seen', async () => {
    const remote = { remoteName: 'ssh-remote', runsRemotely: false, seesGit: false };
    const split = (await look(server.url, '', remote)).text;
    assert.match(
      split,
      /✓ \*\*Cria runs on\*\*: this machine; the folder is remote \(ssh-remote\)/u,
    );
    assert.match(
      split,
      /Git runs on the remote machine and Cria on yours[^\n]*remote\.extensionKind/u,
    );
    const seen = (await look(server.url, '', { ...remote, seesGit: true })).text;
    assert.doesNotMatch(seen, /Git/u);
    const there = (await look(server.url, '', { ...remote, runsRemotely: true })).text;
    assert.match(there, /⚠ \*\*Cria runs on\*\*: the remote machine of the folder \(ssh-remote\)/u);
    assert.doesNotMatch(there, /Git/u);
  });

  const askModel = async (script: Script): Promise<string> => {
    server.onChat(script);
    return (await look(server.url, '', thisMachine, true)).text;
  };

  it('asks the model only when it is told to, and stops at its first word', async () => {
    await look(server.url);
    assert.equal(server.requestsTo('/api/chat').length, 0);
    const gate = new Gate();
    gate.release();
    const text = await askModel(answer(['Hel', 'lo'], { pacing: { gate } }));
    assert.match(text, /✓ \*\*Answer from qwen3:8b\*\*: started after [\d.]+ s/u);
    await server.clientClosed('/api/chat');
  });

  it('says why the model does not answer, with the words of the server and the fix', async () => {
    const outdated = { error: "unknown model architecture: 'qwen35'" };
    const text = await askModel(respond(500, {}, JSON.stringify(outdated)));
    assert.match(
      text,
      /✗ \*\*Answer from qwen3:8b\*\*: qwen3:8b needs a newer version of Ollama than 0\.34\.2\./u,
    );
    assert.match(text, /unknown model architecture/u);
    const memory = {
      error: 'model requires more system memory (9.0 GiB) than is available (4.0 GiB)',
    };
    server.onChat(respond(500, {}, JSON.stringify(memory)));
    const report = await look(server.url, '', thisMachine, true);
    assert.match(report.text, /Not enough memory for qwen3:8b/u);
    const fixes = report.buttons.map(({ action }) => action);
    assert.ok(fixes.includes('selectModel') && fixes.includes('setContextLength'));
  });

  it('has no report of a fault that is not tried', () => {
    assert.deepEqual(
      [...expected.keys()],
      faults.map(({ name }) => name),
    );
  });
});

function withoutPorts(text: string): string {
  return text.replaceAll(/(?<=127\.0\.0\.1:|port |localhost:)\d{4,5}/gu, 'PORT');
}
