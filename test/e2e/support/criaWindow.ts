import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { launchBrowser, openStillPage } from '../../support/browser';
import { eventually } from '../../support/clock';
import { inRepo, temporaryFolder, type TemporaryFolder } from '../../support/folders';
import {
  startVscodeHost,
  stillSettings,
  type VscodeHost,
  type VscodeHostOptions,
  type WorkbenchRun,
} from '../../support/vscodeHost';
import { ChatPanel } from './chatPanel';
import { CommentThread } from './commentThread';
import { type ThemeKind, themes, Workbench } from './workbench';

export interface CriaWindowOptions extends Omit<VscodeHostOptions, 'workspaceFolder'> {
  theme?: ThemeKind;
  /** What the project itself sets, in its `.vscode/settings.json`. */
  workspaceSettings?: Record<string, unknown>;
  /** Of the browser window, in CSS pixels. */
  size?: { width: number; height: number };
}

/** A VS Code window with Cria in it and the sample project open, for one test file. */
export class CriaWindow {
  readonly host: VscodeHost;
  readonly page: Page;
  readonly workbench: Workbench;
  readonly chat: ChatPanel;
  readonly thread: CommentThread;
  /** Errors of the chat view's page so far, violations of its security policy included. */
  readonly pageErrors: string[] = [];
  readonly #browser: Browser;
  readonly #workspace: TemporaryFolder;
  #settings: Record<string, unknown>;
  /** The address that was opened last. */
  #shown = '';

  private constructor(
    host: VscodeHost,
    browser: Browser,
    page: Page,
    workspace: TemporaryFolder,
    settings: Record<string, unknown>,
  ) {
    this.host = host;
    this.page = page;
    this.#browser = browser;
    this.#workspace = workspace;
    this.#settings = settings;
    this.workbench = new Workbench(page);
    this.chat = new ChatPanel(this.workbench);
    this.thread = new CommentThread(this.workbench);
    page.on('console', (message) => this.#noteError(message));
    page.on('pageerror', (error) => this.#noteUncaught(error));
  }

  static async open(options: CriaWindowOptions = {}): Promise<CriaWindow> {
    const wanted = { ...stillSettings, ...options.settings };
    const settings = withTheme(wanted, options.theme ?? 'dark');
    const workspace = await sampleWorkspace();
    if (options.workspaceSettings) await writeSettings(workspace, options.workspaceSettings);
    const [host, browser] = await Promise.all([
      startVscodeHost({ ...options, workspaceFolder: workspace.path, settings }),
      launchBrowser(),
    ]);
    const page = await openStillPage(browser, options.size ?? { width: 1280, height: 800 });
    const window = new CriaWindow(host, browser, page, workspace, settings);
    await window.show();
    return window;
  }

  /** As the command *Reload Window*: a new page, and a new extension host. */
  async reload(): Promise<void> {
    await this.page.bringToFront();
    await this.page.reload();
    await this.workbench.ready();
  }

  /** Opens the workspace or something else in this window, unless it shows that already. */
  async show(what?: WorkbenchRun): Promise<void> {
    const url = this.host.url(what);
    if (url === this.#shown) return;
    await this.page.goto(url);
    await this.workbench.ready();
    this.#shown = url;
  }

  /** Changes some of the person's settings; VS Code reads them at the next {@link reload}. */
  async changeSettings(changes: Record<string, unknown>): Promise<void> {
    this.#settings = { ...this.#settings, ...changes };
    await this.host.writeSettings(this.#settings);
  }

  async setTheme(kind: ThemeKind): Promise<void> {
    this.#settings = withTheme(this.#settings, kind);
    await this.workbench.pickTheme(kind);
  }

  /** Exports all conversations to a file with the command, and returns its content. */
  async exportAll(kind: 'JSON' | 'Markdown', file: string): Promise<string> {
    await this.workbench.runCommand('Cria: Export Chat');
    await this.workbench.pick(`${kind} (All Chats)`);
    const proposed = kind === 'JSON' ? 'conversation.json' : 'conversation.md';
    await this.workbench.saveAs(proposed, file);
    let text = '';
    await eventually(async () => {
      text = await readFile(file, 'utf8');
      assert.match(text, kind === 'JSON' ? /"cria":1.*\]\}/su : /^# .*\n$/su);
    });
    return text;
  }

  /** Leaves a picture in `artifacts/`. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: inRepo('artifacts', `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.host.stop();
    await this.#workspace.remove();
  }

  #noteError(message: ConsoleMessage): void {
    const text = message.text();
    const ours = message.location().url.includes('vscode-resource');
    const violation = text.includes('Content Security Policy');
    if (message.type() === 'error' && (ours || violation)) this.pageErrors.push(text);
  }

  #noteUncaught(error: Error): void {
    if (error.stack?.includes('vscode-resource')) this.pageErrors.push(error.stack);
  }
}

function withTheme(settings: Record<string, unknown>, kind: ThemeKind): Record<string, unknown> {
  return { ...settings, 'workbench.colorTheme': themes[kind].id };
}

async function writeSettings(
  { path: project }: TemporaryFolder,
  settings: Record<string, unknown>,
): Promise<void> {
  await mkdir(path.join(project, '.vscode'), { recursive: true });
  await writeFile(path.join(project, '.vscode', 'settings.json'), JSON.stringify(settings));
}

/** A copy of the sample project that a test may change. */
export async function sampleWorkspace(): Promise<TemporaryFolder> {
  const folder = await temporaryFolder('workspace');
  const project = path.join(folder.path, 'small-shop');
  await cp(inRepo('test', 'support', 'demoWorkspace'), project, { recursive: true });
  return { path: project, remove: () => folder.remove() };
}
