import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { PromptLibrary } from '../../src/prompts/promptLibrary';
import { settingKeys, type SettingKey } from '../../src/settings/settingDescriptors';
import { SettingsReader } from '../../src/settings/settingsReader';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { silentLogger } from '../unit/storage/storeFixture';
import {
  changeOf,
  endServer,
  openSelected,
  setting,
  startServer,
  writeFile,
} from './support/extensionHost';

type Body = Readonly<Record<string, unknown>>;

/** How one setting is tried: a value of it, and what then is sent or shown. */
interface Effect {
  readonly value: unknown;
  readonly seen: () => Promise<unknown>;
  readonly whenSet: unknown;
  /** What a folder's value does, in a trusted workspace; `asks`: nothing, until the person agrees. */
  readonly folder: 'counts' | 'ignored' | 'asks';
}

describe('every setting changes what is sent or shown', () => {
  let server: OllamaServer;
  let other: OllamaServer;

  async function explained(): Promise<Body> {
    server.forget();
    await openSelected('effects.ts', 'const a = 1;\n', [0, 0]);
    await vscode.commands.executeCommand('cria.explainSelection');
    return (await server.received('/api/generate')).json ?? {};
  }

  /** An explanation that is shown in the chat is asked as a chat. */
  async function chatted(): Promise<Body> {
    await setting('cria.explain.showIn', 'chat');
    try {
      server.forget();
      await openSelected('effects.ts', 'const a = 1;\n', [0, 0]);
      await vscode.commands.executeCommand('cria.explainSelection');
      return (await server.received('/api/chat')).json ?? {};
    } finally {
      await setting('cria.explain.showIn', undefined);
    }
  }

  const option = (name: string) => async (): Promise<unknown> => {
    const options = (await explained())['options'] as Body | undefined;
    return options?.[name];
  };
  const field = (name: string) => async (): Promise<unknown> => (await explained())[name];

  /** Which of the two servers is asked. */
  async function asked(): Promise<string> {
    server.forget();
    other.forget();
    await openSelected('effects.ts', 'const a = 1;\n', [0, 0]);
    await vscode.commands.executeCommand('cria.explainSelection');
    const of = (one: OllamaServer, name: string): Promise<string> =>
      one.received('/api/generate').then(() => name);
    return Promise.race([of(server, 'first'), of(other, 'second')]);
  }

  async function offered(): Promise<number> {
    const { document, selection } = await openSelected('effects.ts', 'const a = 1;\n', [0, 0]);
    const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      selection,
    );
    return actions.filter(({ title }) => title.includes('Cria')).length;
  }

  /** What `/explain` writes into the message. */
  async function offeredPrompt(): Promise<string | undefined> {
    const settings = new SettingsReader({ addressProblem: () => undefined, isAllowed: () => true });
    settings.refresh();
    const library = new PromptLibrary({
      globalStorageUri: await writeFile('storage/none', ''),
      logger: silentLogger,
      isTrusted: () => false,
      ofSetting: () => settings.current.prompts,
    });
    settings.dispose();
    return (await library.all()).find(({ name }) => name === 'explain')?.text;
  }

  async function api(): Promise<string> {
    server.forget();
    await openSelected('effects.ts', 'const a = 1;\n', [0, 0]);
    await vscode.commands.executeCommand('cria.explainSelection');
    return Promise.race([
      server.received('/v1/models').then(() => 'openai'),
      server.received('/api/generate').then(() => 'ollama'),
    ]);
  }

  async function place(): Promise<string> {
    server.forget();
    await openSelected('effects.ts', 'const a = 1;\n', [0, 0]);
    await vscode.commands.executeCommand('cria.explainSelection');
    return Promise.race([
      server.received('/api/generate').then(() => 'editor'),
      server.received('/api/chat').then(() => 'chat'),
    ]);
  }

  /**
   * `statusBar.visible` is tested in `e2e/restricted`, because no extension can see the status bar, and
   * `explain.followUps` in `explainThreads`, because a follow-up needs a thread.
   */
  type TestedKey = Exclude<SettingKey, 'statusBar.visible' | 'explain.followUps' | 'sendKey'>;
  const effects = (): Readonly<Record<TestedKey, Effect>> => ({
    endpoint: { value: other.url, seen: asked, whenSet: 'second', folder: 'ignored' },
    server: { value: 'openai', seen: api, whenSet: 'openai', folder: 'ignored' },
    model: { value: 'llama3.2:3b', seen: field('model'), whenSet: 'llama3.2:3b', folder: 'counts' },
    'explain.model': {
      value: 'llama3.2:3b',
      seen: async () => [(await explained())['model'], (await chatted())['model']],
      whenSet: ['llama3.2:3b', 'qwen3:8b'],
      folder: 'counts',
    },
    contextLength: { value: 8192, seen: option('num_ctx'), whenSet: 8192, folder: 'asks' },
    keepAlive: { value: '10m', seen: field('keep_alive'), whenSet: '10m', folder: 'asks' },
    temperature: { value: 0.2, seen: option('temperature'), whenSet: 0.2, folder: 'counts' },
    thinking: { value: 'off', seen: field('think'), whenSet: false, folder: 'counts' },
    options: { value: { top_p: 0.9 }, seen: option('top_p'), whenSet: 0.9, folder: 'counts' },
    models: {
      value: { 'qwen3:8b': { contextLength: 2048 } },
      seen: option('num_ctx'),
      whenSet: 2048,
      folder: 'ignored',
    },
    systemPrompt: {
      value: 'Answer in rhymes.',
      seen: async () => {
        const messages = (await chatted())['messages'] as readonly { content: string }[];
        return messages[0]?.content === 'Answer in rhymes.';
      },
      whenSet: true,
      folder: 'counts',
    },
    answerLanguage: {
      value: 'Deutsch',
      seen: async () => String((await explained())['system']).includes('Deutsch'),
      whenSet: true,
      folder: 'counts',
    },
    prompts: {
      value: { explain: 'Say it simply.' },
      seen: offeredPrompt,
      whenSet: 'Say it simply.',
      folder: 'counts',
    },
    'explain.showIn': { value: 'chat', seen: place, whenSet: 'chat', folder: 'counts' },
    'codeActions.enabled': { value: false, seen: offered, whenSet: 0, folder: 'counts' },
  });

  before(async () => {
    server = await startServer();
    other = await OllamaServer.start();
    other.models(['qwen3:8b']);
  });

  after(async () => {
    await endServer(server);
    await other.close();
  });

  const isTested = (key: SettingKey): key is TestedKey =>
    key !== 'statusBar.visible' && key !== 'explain.followUps' && key !== 'sendKey';
  for (const key of settingKeys.filter(isTested)) {
    it(`${key}: the person's own value, and one of the folder`, async () => {
      const { value, seen, whenSet, folder } = effects()[key];
      const name = `cria.${key}`;
      const own = vscode.workspace.getConfiguration().inspect(name)?.globalValue;
      const before = await seen();
      assert.notDeepEqual(before, whenSet);
      await setting(name, value);
      assert.deepEqual(await seen(), whenSet);
      await setting(name, own);
      assert.deepEqual(await seen(), before);
      // The marker is heard in any case; a value that is ignored is not.
      const heard = changeOf('cria.temperature');
      const values = { 'cria.temperature': 0.7, [name]: value };
      const file = await writeFile('.vscode/settings.json', JSON.stringify(values));
      try {
        await heard;
        assert.deepEqual(await seen(), folder === 'counts' ? whenSet : before);
      } finally {
        const gone = changeOf('cria.temperature');
        await vscode.workspace.fs.delete(file);
        await gone;
      }
    });
  }
});
