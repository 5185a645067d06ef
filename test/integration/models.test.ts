import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StatusItem } from '../../src/ui/statusItem';
import { Downloads } from '../../src/models/downloads';
import { ModelInfo } from '../../src/models/modelDetails';
import { findOnlyChoice, modelItems, withGroupTitles } from '../../src/models/modelItems';
import { ModelsTree, type ShownTree } from '../../src/models/modelsTree';
import { keepStatusBar } from '../../src/models/statusBar';
import { ConnectionMonitor } from '../../src/server/connectionState';
import { modelsFinding } from '../../src/server/diagnosisFindings';
import { createOllamaProvider, type OllamaProvider } from '../../src/server/ollamaProvider';
import { eventually, ManualClock } from '../support/clock';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { fail, json } from '../support/ollamaServer/scripts';
import { MemoryMemento, silentLogger } from '../unit/storage/storeFixture';
import {
  changeOf,
  endServer,
  openSelected,
  setting,
  startServer,
  writeFile,
} from './support/extensionHost';

const endpoint = (): unknown =>
  vscode.workspace.getConfiguration('cria').inspect('endpoint')?.globalValue;
const own = (key: string): unknown =>
  vscode.workspace.getConfiguration('cria').inspect(key)?.globalValue;

describe('models, from VS Code', () => {
  let server: OllamaServer;

  before(async () => {
    server = await startServer();
  });
  after(() => endServer(server));

  async function explained(): Promise<Readonly<Record<string, unknown>>> {
    server.forget();
    await openSelected('models.ts', 'const a = 1;\n', [0, 0]);
    await vscode.commands.executeCommand('cria.explainSelection');
    return (await server.received('/api/generate')).json ?? {};
  }

  /** Writes the folder's settings for as long as `use` takes. */
  async function withFolderSettings(
    values: Readonly<Record<string, unknown>>,
    use: () => Promise<void>,
  ): Promise<void> {
    const heard = changeOf('cria.temperature');
    const text = JSON.stringify({ 'cria.temperature': 0.3, ...values });
    const file = await writeFile('.vscode/settings.json', text);
    try {
      await heard;
      await use();
    } finally {
      const gone = changeOf('cria.temperature');
      await vscode.workspace.fs.delete(file);
      await gone;
    }
  }

  it('are chosen, the loaded one first, and saved for the person', async () => {
    await setting('cria.model', undefined);
    const chosen = vscode.commands.executeCommand('cria.selectModel');
    await eventually(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      assert.equal(own('model'), 'qwen3:8b');
    });
    await chosen;
  });

  for (const model of ['glm:cloud', 'qwen3:480b-cloud']) {
    it(`get no byte when a folder names ${model} without the user's consent`, async () => {
      await withFolderSettings({ 'cria.model': model, 'cria.explain.model': model }, async () => {
        server.forget();
        await openSelected('models.ts', 'const a = 1;\n', [0, 0]);
        await vscode.commands.executeCommand('cria.explainSelection');
        await setting('cria.explain.showIn', 'chat');
        await openSelected('models.ts', 'const a = 1;\n', [0, 0]);
        await vscode.commands.executeCommand('cria.explainSelection');
        await setting('cria.explain.showIn', undefined);
      });
      // This one comes after those, and is the only one that was sent.
      await openSelected('models.ts', 'const a = 1;\n', [0, 0]);
      await vscode.commands.executeCommand('cria.explainSelection');
      const { json } = await server.received('/api/generate');
      assert.equal(json?.['model'], 'qwen3:8b');
      const named = server.requests.filter(({ body }) => body.includes(model));
      assert.deepEqual(
        named.map(({ path }) => path),
        [],
      );
      assert.equal(server.requestsTo('/api/chat').length, 0);
    });
  }

  it('get a folder’s longer context once the person has agreed', async () => {
    await withFolderSettings({ 'cria.contextLength': 65_536 }, async () => {
      assert.deepEqual((await explained())['options'], { temperature: 0.3 });
      await eventually(async () => {
        await vscode.commands.executeCommand('notification.acceptPrimaryAction');
        const options = { num_ctx: 65_536, temperature: 0.3 };
        assert.deepEqual((await explained())['options'], options);
      });
    });
    assert.equal((await explained())['options'], undefined);
  });

  it('are reached with a name and password that were moved out of the settings', async () => {
    const { url } = server;
    await setting('cria.endpoint', url.replace('://', '://ada:open%20sesame@'));
    await eventually(() => assert.equal(endpoint(), url));
    await explained();
    await eventually(async () => {
      await explained();
      const { headers } = await server.received('/api/generate');
      const basic = Buffer.from('ada:open sesame').toString('base64');
      assert.equal(headers['authorization'], `Basic ${basic}`);
    });
  });

  it('have a report that can be copied', async () => {
    await vscode.commands.executeCommand('cria.diagnoseConnection');
    await vscode.commands.executeCommand('cria.copyReport');
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /^# .*\n\n\*\*Working/u);
    assert.doesNotMatch(text, /sesame|Basic/u);
  });
});

describe('what is shown of models', () => {
  let server: OllamaServer;
  let backend: OllamaProvider;
  let clock: ManualClock;
  let connection: ConnectionMonitor;
  let info: ModelInfo;

  beforeEach(async () => {
    server = await OllamaServer.start();
    backend = createOllamaProvider();
    backend.connect(server.url);
    clock = new ManualClock();
    connection = new ConnectionMonitor({
      library: () => backend,
      origin: () => backend.origin,
      clock,
    });
    info = new ModelInfo({
      server: backend,
      connection,
      getProfile: () => ({ contextLength: 8192 }),
      logger: silentLogger,
      memoryBytes: 16e9,
    });
  });
  afterEach(async () => {
    connection.dispose();
    backend.dispose();
    await server.close();
  });

  async function rows(): Promise<readonly string[]> {
    const models = await backend.installed();
    await Promise.all(models.filter(({ cloud }) => !cloud).map((model) => info.learn(model)));
    const loaded = await info.loaded();
    const lastUsed = (name: string): number | undefined =>
      name === 'old:7b' ? clock.wallMs() - 7_200_000 : undefined;
    const { admin } = backend;
    const scene = { info, admin, loaded, lastUsed, current: 'a:8b', nowMs: clock.wallMs() };
    return modelItems(models, scene).map(
      ({ label, description = '', detail = '' }) => `${label} | ${description} | ${detail}`,
    );
  }

  it('in the picker is all that is known, in the order in which it is likely wanted', async () => {
    server.models([
      { name: 'embed:1b', size: 3e8, capabilities: ['embedding'] },
      { name: 'old:7b', size: 4.7e9, capabilities: null, contextLength: 32_768 },
      { name: 'b:70b', size: 42e9, parameterSize: '70.6B', quantization: 'Q4_K_M' },
      { name: 'a:8b', size: 5.2e9, capabilities: ['completion', 'tools', 'thinking'] },
      { name: 'glm:cloud', size: 300, remoteHost: 'https://ollama.com:443' },
      { name: 'c:13b', size: 13e9 },
    ]);
    server.loaded(['c:13b']);
    assert.deepEqual(await rows(), [
      '$(circle-outline) a:8b | current · 134.52M · Q4_1 · 5.2 GB | at least 5.6 GB of memory · tools, thinking · context up to 8,192 tokens',
      '$(circle-filled) c:13b | loaded · 134.52M · Q4_1 · 13.0 GB | Barely fits: at least 13.4 GB of memory; this machine has 16.0 GB · context up to 8,192 tokens',
      '$(circle-outline) old:7b | 134.52M · Q4_1 · 4.7 GB · 2 hr. ago | at least 5.1 GB of memory · context up to 32,768 tokens',
      '$(circle-outline) b:70b | 70.6B · Q4_K_M · 42.0 GB | Too large: at least 42.4 GB of memory; this machine has 16.0 GB · context up to 8,192 tokens',
      '$(cloud) glm:cloud | runs on ollama.com · 134.52M · Q4_1 | context up to 8,192 tokens',
      '$(circle-slash) embed:1b | 134.52M · Q4_1 · 300 MB | embed:1b is an embedding model and cannot chat. · at least 360 MB of memory · embedding · context up to 8,192 tokens',
    ]);
  });

  it('in the picker are in groups, and a single one that can chat is taken unasked', async () => {
    const embedding = { name: 'embed:1b', size: 3e8, capabilities: ['embedding'] };
    const elsewhere = { name: 'glm:cloud', size: 300, remoteHost: 'https://ollama.com:443' };
    const tooLarge = { name: 'b:70b', size: 42e9 };
    const titlesAndChoice = async (): Promise<readonly unknown[]> => {
      const models = await backend.installed();
      await Promise.all(models.map((model) => info.learn(model)));
      const { admin } = backend;
      const scene = { info, admin, loaded: [], lastUsed: () => undefined, current: '', nowMs: 0 };
      const items = modelItems(models, scene);
      const titles = withGroupTitles(items)
        .filter(({ kind }) => kind === vscode.QuickPickItemKind.Separator)
        .map(({ label }) => label);
      return [titles, (await findOnlyChoice(models, info))?.name];
    };
    server.models([embedding, elsewhere, tooLarge, { name: 'a:8b', size: 5.2e9 }]);
    assert.deepEqual(await titlesAndChoice(), [
      ['On This Server', 'Too Large for This Machine', 'In the Cloud', 'Cannot Chat'],
      'a:8b',
    ]);
    server.models([embedding, elsewhere, tooLarge]);
    assert.equal((await titlesAndChoice())[1], undefined);
    server.models([
      { name: 'a:8b', size: 5.2e9 },
      { name: 'c:4b', size: 3e9 },
    ]);
    assert.equal((await titlesAndChoice())[1], undefined);
  });

  it('in the picker of a server that only lists models, are the models', async () => {
    server.models(['plain:1b']);
    for (const path of ['/api/ps', '/api/show']) server.on(path, fail(404, 'not here'));
    assert.equal((await rows()).length, 1);
  });

  it('are 200 models, each in its row', async () => {
    server.models(Array.from({ length: 200 }, (_, index) => `m${index}:1b`));
    assert.equal((await rows()).length, 200);
  });

  it('M2: are up to 2,000, and the view and the diagnosis say how many are left out', async () => {
    const messages: string[] = [];
    const tree = treeOf({ isVisible: () => false, say: (message) => messages.push(message) });
    server.models(['a:8b']);
    await tree.refresh();
    await tree.children();
    server.models(Array.from({ length: 2_010 }, (_, index) => `m${index}:1b`));
    await tree.refresh();
    assert.equal((await tree.children()).length, 2_000);
    const sentence =
      'Models not shown: 10. Cria lists up to 2,000 models, with names of up to 512 characters.';
    assert.deepEqual(messages, ['', sentence]);
    tree.dispose();
    const { advice } = modelsFinding(await backend.installed(), 'm0:1b', false);
    assert.deepEqual(advice, [sentence]);
  });

  it('in the picker is marked as current, however its name is written in the settings', async () => {
    server.models([{ name: 'A:latest' }, { name: 'a:8b' }]);
    const models = await backend.installed();
    const { admin } = backend;
    const scene = {
      ...{ info, admin, loaded: [] },
      lastUsed: () => undefined,
      nowMs: clock.wallMs(),
    };
    const used = (current: string): readonly string[] =>
      modelItems(models, { ...scene, current })
        .filter(({ description = '' }) => description.includes('current'))
        .map(({ model }) => model.name);
    assert.deepEqual(['a', 'a:latest', 'A:8B', 'other', ''].map(used), [
      ['A:latest'],
      ['A:latest'],
      ['a:8b'],
      [],
      [],
    ]);
  });

  function treeOf(shown: Partial<ShownTree> = {}): ModelsTree {
    const origin = (): string => backend.origin;
    const downloads = new Downloads({
      server: backend,
      memento: new MemoryMemento(),
      origin,
      clock,
    });
    return new ModelsTree(
      { connection, info, downloads, server: backend, clock },
      {
        isVisible: () => true,
        onVisibility: () => new vscode.Disposable(() => undefined),
        redraw: () => undefined,
        say: () => undefined,
        ...shown,
      },
    );
  }

  it('in the view shows how long it stays loaded, and is updated as the time passes', async () => {
    server.models(['a:8b']);
    const expires_at = new Date(clock.wallMs() + 300_000).toISOString();
    const size = 5.2e9;
    server.on('/api/ps', json({ models: [{ name: 'a:8b', size, size_vram: size, expires_at }] }));
    let drawn = 0;
    const tree = treeOf({ isVisible: () => false, redraw: () => drawn++ });
    const said = async (): Promise<unknown> => (await tree.children())[0]?.description;
    await tree.refresh();
    assert.equal(await said(), '5.2 GB · 100% GPU · 5 min left');
    drawn = 0;
    clock.advance(1_000);
    await tree.refresh();
    assert.equal(drawn, 0);
    clock.advance(120_000);
    await tree.refresh();
    assert.equal(drawn, 1);
    assert.equal(await said(), '5.2 GB · 100% GPU · 3 min left');
    tree.dispose();
  });

  it('in the view is asked for only while it can be seen', async () => {
    server.models(['a:8b', 'b:1b']);
    let visible = true;
    let changed: () => void = () => undefined;
    let drawn = 0;
    const tree = treeOf({
      isVisible: () => visible,
      onVisibility: (listener) => {
        changed = listener;
        return new vscode.Disposable(() => undefined);
      },
      redraw: () => drawn++,
    });
    const entries = async (): Promise<readonly string[]> =>
      (await tree.children()).map(
        (item) => `${JSON.stringify(item.label).slice(1, -1)} (${item.contextValue ?? ''})`,
      );
    await tree.refresh();
    assert.deepEqual(await entries(), ['a:8b (model)', 'b:1b (model)']);
    server.loaded(['b:1b']);
    await tree.refresh();
    assert.deepEqual(await entries(), ['b:1b (model loaded)', 'a:8b (model)']);
    assert.ok(drawn >= 2);
    const [first] = await tree.children();
    const facts = (await tree.children(first)).map(({ label }) => label);
    assert.ok(facts.includes('Current context length') && facts.includes('Memory in use'));
    visible = false;
    changed();
    const asked = server.requests.length;
    clock.advance(600_000);
    assert.equal(clock.waiting, 0);
    assert.equal(server.requests.length, asked);
    tree.dispose();
  });

  it('in the status bar is the model, the state, and what is not encrypted', async () => {
    let shown = false;
    const item: StatusItem = {
      text: '',
      tooltip: undefined,
      backgroundColor: undefined,
      accessibilityInformation: undefined,
      show: () => (shown = true),
      hide: () => (shown = false),
    };
    const changes = new vscode.EventEmitter<ReadonlySet<never>>();
    let visible = true;
    const settings = {
      get current() {
        return { model: 'a:8b', 'statusBar.visible': visible } as never;
      },
      onChanged: changes.event,
    };
    const kept = keepStatusBar(item, settings, connection);
    assert.deepEqual([shown, item.text], [true, '$(hubot) a:8b']);
    await server.close();
    await connection.check();
    assert.equal(item.text, '$(debug-disconnect) a:8b');
    assert.match(JSON.stringify(item.tooltip), /Ollama is not running at 127/u);
    backend.connect('http://192.0.2.7:11434');
    connection.forget();
    assert.equal(item.text, '$(hubot) a:8b $(unlock)');
    visible = false;
    changes.fire(new Set());
    assert.equal(shown, false);
    kept.dispose();
    server = await OllamaServer.start();
  });
});
