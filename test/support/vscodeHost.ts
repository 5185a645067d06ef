import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repoRoot, temporaryFolder } from './folders';
import { runCommand, startNode } from './process';
import { installVscode } from './vscodeInstall';

type Settings = Readonly<Record<string, unknown>>;

export interface VscodeHostOptions {
  /** Opened as the workspace; absolute. */
  workspaceFolder: string;
  /** The extension to load from its folder; default: this repository's, unless packages are installed. */
  extensionFolder?: string;
  /** Packages to install; absolute. */
  installed?: readonly string[];
  /** User settings, also of application scope; added to {@link quietSettings}. */
  settings?: Settings;
  /** Machine settings of the folder, as a remote or a devcontainer has them. */
  machineSettings?: Settings;
  /** False turns Workspace Trust on, so that the workspace opens in Restricted Mode. */
  trusted?: boolean;
  /** The display language, such as `de`; default: English. */
  displayLanguage?: string;
  /** Added to the environment, which the extension host inherits. */
  env?: NodeJS.ProcessEnv;
}

/** What a window shows. */
export interface WorkbenchRun {
  extensionTests?: string;
  /** Another folder than the workspace's; null opens a window without one. */
  folder?: string | null;
  /** A `.code-workspace` file, in place of a folder. */
  workspaceFile?: string;
}

export interface VscodeHost {
  /** The address of the workbench, with the extension loaded. */
  url(run?: WorkbenchRun): string;
  readonly userDataFolder: string;
  readonly extensionsFolder: string;
  readonly workspaceFolder: string;
  /** Replaces the settings; VS Code reads them when the page is loaded. */
  writeSettings(settings: Settings): Promise<void>;
  /** The newest output of the server. */
  output(): string;
  /** Ends the server and starts it again on the same address, with the same data. */
  restart(): Promise<void>;
  /** Ends everything that was started and removes the data. */
  stop(): Promise<void>;
}

/** A workbench that does not ask, advertise or phone: the same for tests and for the demo. */
const quietSettings: Settings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
};

/** For tests: nothing moves by itself, and nothing is drawn or computed that no test is about. */
export const stillSettings: Settings = {
  'editor.cursorBlinking': 'solid',
  'workbench.reduceMotion': 'on',
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'breadcrumbs.enabled': false,
  // It lists what every process of the machine has open, every two seconds.
  'remote.autoForwardPorts': false,
};

/** Starts a real VS Code, to be opened in a browser, with its own data folders. */
export async function startVscodeHost(options: VscodeHostOptions): Promise<VscodeHost> {
  const { node, serverMain } = await installVscode();
  const data = await temporaryFolder('vscode');
  const user = path.join(data.path, 'user');
  const extensions = path.join(data.path, 'extensions');
  const folders = ['--server-data-dir', path.join(data.path, 'server')];
  folders.push('--user-data-dir', user, '--extensions-dir', extensions);
  const at = { cwd: data.path, env: hostEnvironment(options.env) };

  const writeSettings = (settings: Settings): Promise<void> =>
    writeJson(path.join(user, 'User', 'settings.json'), { ...quietSettings, ...settings });
  await writeSettings(options.settings ?? {});
  if (options.machineSettings) {
    await writeJson(path.join(user, 'Machine', 'settings.json'), options.machineSettings);
  }
  if (options.displayLanguage) await addLanguagePack(user, options.displayLanguage);
  // The floor's server does not create it.
  await mkdir(extensions, { recursive: true });
  for (const vsix of options.installed ?? []) {
    await runCommand(node, [serverMain, '--install-extension', vsix, ...folders], at);
  }

  const start = async (wanted: number) => {
    const server = startNode(node, [serverMain, ...serverFlags(wanted, options), ...folders], at);
    const [, port = ''] = await server.printed(/agent listening on (\d+)/u);
    return { server, port: Number(port) };
  };
  let running = await start(0);
  return {
    url: (run = {}) => workbenchUrl(running.port, options, run),
    userDataFolder: user,
    extensionsFolder: extensions,
    workspaceFolder: options.workspaceFolder,
    writeSettings,
    output: () => running.server.output(),
    restart: async () => {
      await running.server.stop();
      running = await start(running.port);
    },
    stop: async () => {
      await running.server.stop();
      await data.remove();
    },
  };
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(content, null, 2));
}

function serverFlags(
  port: number,
  { trusted = true, displayLanguage }: VscodeHostOptions,
): string[] {
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
  flags.push('--accept-server-license-terms', '--telemetry-level', 'off');
  // It honors the `payload` of the address, which loads the extension from its folder.
  flags.push('--enable-smoke-test-driver');
  if (displayLanguage) flags.push('--locale', displayLanguage);
  if (trusted) flags.push('--disable-workspace-trust');
  return flags;
}

/**
 * VS Code offers only languages that it has a pack for. This pack is empty: VS Code's own texts stay
 * English, and those of extensions are in the language.
 */
async function addLanguagePack(user: string, language: string): Promise<void> {
  const vscode = path.join(user, 'languagePack.json');
  await writeJson(vscode, { contents: {} });
  // Without an extension that it came with, VS Code would look for one on the net.
  const extensions = [{ extensionIdentifier: { id: `cria.${language}` }, version: '0.0.0' }];
  const pack = { hash: 'empty', label: language, extensions, translations: { vscode } };
  await writeJson(path.join(user, 'languagepacks.json'), { [language]: pack });
}

/**
 * Without the model server of the user who runs the tests. `VSCODE_CLI` keeps VS Code from asking the
 * user's login shell for its PATH.
 */
function hostEnvironment(added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const removed = {
    OLLAMA_HOST: undefined,
    NODE_OPTIONS: undefined,
    VSCODE_IPC_HOOK_CLI: undefined,
  };
  return { ...process.env, ...removed, VSCODE_CLI: '1', CRIA_ROOT: repoRoot(), ...added };
}

function workbenchUrl(port: number, options: VscodeHostOptions, run: WorkbenchRun): string {
  const { extensionTests, folder = options.workspaceFolder, workspaceFile } = run;
  const authority = `127.0.0.1:${port}`;
  const remote = (file: string): string =>
    `vscode-remote://${authority}${file.startsWith('/') ? '' : '/'}${file.replaceAll('\\', '/')}`;
  const payload = [['skipWelcome', 'true']];
  const development = options.extensionFolder ?? (options.installed ? undefined : repoRoot());
  if (development) payload.push(['extensionDevelopmentPath', remote(development)]);
  if (extensionTests) payload.push(['extensionTestsPath', remote(extensionTests)]);
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (workspaceFile) query.set('workspace', workspaceFile);
  else if (folder === null) query.set('ew', 'true');
  else query.set('folder', folder);
  return `http://${authority}/?${query.toString()}`;
}
