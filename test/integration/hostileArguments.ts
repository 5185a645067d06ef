import * as vscode from 'vscode';

const shout = (): never => {
  throw new Error('Nobody may look here.');
};

/** Everything that is asked of it throws. */
function untouchable(): object {
  return new Proxy({}, { get: shout, has: shout, ownKeys: shout, getOwnPropertyDescriptor: shout });
}

/** Under each name that our commands read, a getter that throws this. */
function throwing(thrown: unknown): object {
  const names = [
    'thread',
    'text',
    'turnId',
    'webview',
    'uri',
    'comments',
    'range',
    'model',
    'name',
  ];
  const get = (): never => {
    throw thrown;
  };
  return Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { get, enumerable: true }])),
  );
}

function nested(depth: number): unknown {
  let value: unknown = 'end';
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { thread: value };
  return value;
}

function circular(): unknown {
  const value: Record<string, unknown> = { text: 'round' };
  value['thread'] = value;
  value['comments'] = [value];
  return value;
}

const uris = [
  'command:workbench.action.terminal.new',
  'vscode://attacker.extension/run',
  'javascript:alert(1)',
  'data:text/html,x',
  'cria-no-such:/x/../../y?q#f',
  'file:///no/such/folder/%2e%2e/x',
  'untitled:/\u202Egpj.exe',
].map((text) => vscode.Uri.parse(text));

/** Argument lists that a person never makes. */
export const hostileArguments: readonly (readonly unknown[])[] = [
  [],
  [undefined, null, Number.NaN],
  [null, undefined],
  [-1, 2 ** 53, Number.NEGATIVE_INFINITY],
  [0, -0, 10n ** 30n],
  ['x'.repeat(1_000_000), '\0\u001b[2J\u202e', '\ud800'],
  ['../../etc/passwd', '__proto__', 'constructor'],
  [nested(2_000), nested(2_000)],
  [circular(), [circular()]],
  [JSON.parse('{"__proto__":{"turnId":"polluted","webview":"cria.chat"},"constructor":7}')],
  [Object.create(null), Object.freeze([]), new Map([['turnId', 'x']])],
  [uris[0], uris],
  [uris[1], uris.slice(2)],
  [uris[2], [null, ...uris]],
  ...uris.map((uri) => [uri, [uri], { preserveFocus: true }]),
  [Array.from({ length: 10_000 }, (_, index) => index)],
  [shout, Date, Symbol.iterator],
  [Promise.reject(new Error('nobody waits for this')).catch(() => undefined)],
  [untouchable(), untouchable()],
  [{ thread: untouchable(), text: 'What does this do?' }],
  [{ webview: 'cria.chat', turnId: untouchable() }],
  [throwing(new Error('from a getter'))],
  [throwing('no error'), throwing(null)],
  [throwing(Object.create(null))],
];
