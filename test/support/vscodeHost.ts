import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startOwnedProcess, type OwnedProcess } from './ownedProcess';
import { repoRoot } from './paths';
import { runCommand } from './runCommand';
import { temporaryFolder } from './temporaryFolder';
import { installVscode, wantedVscode, type VscodeVersion } from './vscodeInstall';

export interface VscodeHostOptions {
  version?: VscodeVersion;
  /** Opened as the workspace; absolute. */
  workspaceFolder: string;
  /** The extension to load from its folder; default: this repository's, where no package is installed. */
  extensionFolder?: string;
  /** Packages to install; absolute. */
  installed?: readonly string[];
  /** The person's settings, application ones too; they are added to {@link quietSettings}. */
  settings?: Record<string, unknown>;
  /** What the machine of the folder sets, as a remote or a devcontainer does. */
  machineSettings?: Record<string, unknown>;
  /** False starts with Workspace Trust on, so the workspace opens in Restricted Mode. */
  trusted?: boolean;
  /** What VS Code itself speaks, such as `de`; default: English. */
  displayLanguage?: string;
  /** Added to the environment, which the extension host inherits. */
  env?: NodeJS.ProcessEnv;
}

interface WorkbenchRun {
  extensionTests?: string;
  /** Another folder than the workspace's; null opens a window without one. */
  folder?: string | null;
  /** A `.code-workspace` file, in place of a folder. */
  workspaceFile?: string;
}

export interface VscodeHost {
  /** The address of the workbench with the extension loaded from this repository. */
  url(run?: WorkbenchRun): string;
  readonly userDataFolder: string;
  readonly extensionsFolder: string;
  readonly workspaceFolder: string;
  /** Replaces the settings; VS Code reads them when the page is loaded. */
  writeSettings(settings: Record<string, unknown>): Promise<void>;
  /** The newest output of the server. */
  output(): string;
  /** Ends the server and starts it again on the same address, with the same data. */
  restart(): Promise<void>;
  /** Ends everything that was started and removes the data. */
  stop(): Promise<void>;
}

/** A workbench that does not ask, advertise or phone: the same for tests and for the demo. */
const quietSettings: Record<string, unknown> = {
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

/** Starts a real VS Code, to be opened in a browser, with data folders of its own. */
export async function startVscodeHost(options: VscodeHostOptions): Promise<VscodeHost> {
  const { node, serverMain } = await installVscode(options.version ?? wantedVscode());
  const data = await temporaryFolder('vscode');
  const userDataFolder = path.join(data.path, 'user');
  const settingsFile = path.join(userDataFolder, 'User', 'settings.json');

  const writeSettings = async (settings: Record<string, unknown>): Promise<void> => {
    await mkdir(path.dirname(settingsFile), { recursive: true });
    await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  };
  if (options.displayLanguage !== undefined) {
    await addLanguagePack(userDataFolder, options.displayLanguage);
  }
  const start = async (port: number): Promise<{ server: OwnedProcess; port: number }> => {
    const server = startOwnedProcess(
      node,
      [serverMain, ...serverArguments(data.path, userDataFolder, port, options)],
      { cwd: data.path, env: hostEnvironment(options.env) },
    );
    const [, bound = ''] = await server.printed(/agent listening on (\d+)/u);
    return { server, port: Number(bound) };
  };

  await writeSettings(options.settings ?? {});
  if (options.machineSettings) {
    const machine = path.join(userDataFolder, 'Machine');
    await mkdir(machine, { recursive: true });
    await writeFile(path.join(machine, 'settings.json'), JSON.stringify(options.machineSettings));
  }
  // An old server does not make it by itself.
  await mkdir(path.join(data.path, 'extensions'), { recursive: true });
  for (const vsix of options.installed ?? []) {
    const install = [
      serverMain,
      '--install-extension',
      vsix,
      ...dataFolders(data.path, userDataFolder),
    ];
    await runCommand(node, install, { cwd: data.path, env: hostEnvironment(options.env) });
  }
  let running = await start(0);
  return {
    url: (run = {}) => workbenchUrl(running.port, options, run),
    userDataFolder,
    extensionsFolder: path.join(data.path, 'extensions'),
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

function serverArguments(
  data: string,
  user: string,
  port: number,
  { trusted = true, displayLanguage }: VscodeHostOptions,
): string[] {
  return [
    ...(displayLanguage === undefined ? [] : ['--locale', displayLanguage]),
    ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
    '--accept-server-license-terms',
    // Honours the `payload` of the address, which loads the extension from its folder.
    '--enable-smoke-test-driver',
    ...dataFolders(data, user),
    ...['--telemetry-level', 'off'],
    ...(trusted ? ['--disable-workspace-trust'] : []),
  ];
}

function dataFolders(data: string, user: string): string[] {
  return [
    ...['--server-data-dir', path.join(data, 'server'), '--user-data-dir', user],
    ...['--extensions-dir', path.join(data, 'extensions')],
  ];
}

/**
 * VS Code speaks only languages that it has a pack for. This one is empty: VS Code's own words stay
 * English, and the extensions' are in the language.
 */
async function addLanguagePack(userDataFolder: string, language: string): Promise<void> {
  await mkdir(userDataFolder, { recursive: true });
  const vscode = path.join(userDataFolder, 'languagePack.json');
  await writeFile(vscode, JSON.stringify({ contents: {} }));
  // Without an extension that it came with, VS Code would look for one on the net.
  const extensions = [{ extensionIdentifier: { id: `cria.${language}` }, version: '0.0.0' }];
  const pack = { hash: 'empty', label: language, extensions, translations: { vscode } };
  const packs = path.join(userDataFolder, 'languagepacks.json');
  await writeFile(packs, JSON.stringify({ [language]: pack }));
}

/**
 * The extension must not pick up a model server of whoever runs the tests, nor the PATH of their login
 * shell, which VS Code asks for when it was not started from a terminal.
 */
function hostEnvironment(added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env['OLLAMA_HOST'];
  delete env['NODE_OPTIONS'];
  delete env['VSCODE_IPC_HOOK_CLI'];
  return { ...env, VSCODE_CLI: '1', CRIA_ROOT: repoRoot(), ...added };
}

function workbenchUrl(port: number, options: VscodeHostOptions, run: WorkbenchRun): string {
  const { extensionTests, folder = options.workspaceFolder, workspaceFile } = run;
  const authority = `127.0.0.1:${port}`;
  const remote = (file: string): string =>
    `vscode-remote://${authority}${file.startsWith('/') ? '' : '/'}${file.replaceAll('\\', '/')}`;
  const development = options.extensionFolder ?? (options.installed ? undefined : repoRoot());
  const payload = [
    ...(development === undefined ? [] : [['extensionDevelopmentPath', remote(development)]]),
    ['skipWelcome', 'true'],
    ...(extensionTests === undefined ? [] : [['extensionTestsPath', remote(extensionTests)]]),
  ];
  const place = folder === null ? { ew: 'true' } : { folder };
  const query = new URLSearchParams({
    ...(workspaceFile === undefined ? place : { workspace: workspaceFile }),
    payload: JSON.stringify(payload),
  });
  return `http://${authority}/?${query.toString()}`;
}
