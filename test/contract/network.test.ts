import assert from 'node:assert/strict';
import { sourceFiles } from './sourceFiles';

/** What may open a connection, start a program or leave VS Code, and the only files that use it. */
const ways: readonly (readonly [what: string, form: RegExp, files: readonly string[]])[] = [
  [
    'Node’s clients',
    /^import (?!type)[^;]*'node:https?'/mu,
    ['models/server/apiKey.ts', 'ollama/client.ts', 'ollama/transport.ts'],
  ],
  [
    'bare sockets and name servers',
    /^import (?!type)[^;]*'node:(?:net|tls|dgram|http2|dns(?:\/promises)?)'/mu,
    ['models/diagnosis/network.ts', 'ollama/endpoint.ts'],
  ],
  [
    'programs',
    /'node:(?:child_process|cluster|worker_threads)'/u,
    ['models/server/serveOllama.ts'],
  ],
  [
    'what a browser has for it',
    /\bfetch\(|\bXMLHttpRequest\b|\bWebSocket\b|\bEventSource\b|\bsendBeacon\b|\bRTCPeerConnection\b|\bimportScripts\b/u,
    [],
  ],
  [
    'the system’s browser',
    /\bopenExternal\b/u,
    ['models/server/startOllama.ts', 'workspace/links.ts'],
  ],
  [
    'notifications, in which VS Code makes links, also of commands',
    /\bshow(?:Information|Warning|Error)Message\((?![^;]*\bmodal: true)|ProgressLocation\.Notification/u,
    ['workspace/notifications.ts'],
  ],
  ['Settings Sync, which carries no conversation', /\bsetKeysForSync\b/u, []],
  ['telemetry of VS Code', /\bcreateTelemetryLogger\b|\bTelemetry/u, []],
  ['code made from text', /\beval\(|\bnew Function\b|'node:vm'/u, []],
];

describe('the ways out of Cria', () => {
  it('are these files, and no others', () => {
    for (const [what, form, files] of ways) {
      const found = sourceFiles()
        .filter(({ text }) => form.test(text))
        .map(({ name }) => name)
        .sort();
      assert.deepEqual(found, files, what);
    }
  });
});
