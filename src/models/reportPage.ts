import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../ui/disposables';
import { type ReportButton, reportHtml } from './reportHtml';

const { t } = vscode.l10n;

const viewType = 'cria.report';

interface Shown {
  readonly panel: vscode.WebviewPanel;
  text: string;
}

/** Reports as pages in the editor area, with buttons that fix what they say. */
export class Reports implements Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #owned = new DisposableStore();
  /** By the titles of their tabs. */
  readonly #shown = new Map<string, Shown>();
  /** The report that is copied if none is named. */
  #last = '';

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
    this.#owned.addCall(() => {
      for (const { panel } of [...this.#shown.values()]) panel.dispose();
    });
  }

  /** @param name the title of the tab; a report of the same name is replaced */
  show(name: string, text: string, buttons: readonly ReportButton[]): void {
    const copy = { line: 0, title: `$(copy) ${t('Copy')}`, command: 'cria.copyReport' as const };
    const all: readonly ReportButton[] = [{ ...copy, arguments: [name] }, ...buttons];
    const shown = this.#shown.get(name) ?? this.#open(name);
    shown.text = text;
    this.#last = name;
    const { webview } = shown.panel;
    const commands = [...new Set(all.map(({ command }) => command))];
    webview.options = { ...this.#files, enableCommandUris: commands };
    const uri = (...path: string[]): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.#extensionUri, ...path)).toString();
    webview.html = reportHtml({
      cspSource: webview.cspSource,
      cssUris: [uri('dist', 'codicon.css'), uri('media', 'report.css')],
      language: vscode.env.language,
      text,
      buttons: all,
    });
    shown.panel.reveal();
  }

  /** Puts a report into the clipboard: that of the name, else the one that was shown last. */
  async copy(name: unknown): Promise<void> {
    const report = this.#shown.get(typeof name === 'string' ? name : this.#last);
    if (report) await vscode.env.clipboard.writeText(report.text);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  get #files(): vscode.WebviewOptions {
    const roots = ['dist', 'media'].map((name) => vscode.Uri.joinPath(this.#extensionUri, name));
    return { localResourceRoots: roots };
  }

  #open(name: string): Shown {
    const panel = vscode.window.createWebviewPanel(viewType, name, vscode.ViewColumn.Active, {
      enableFindWidget: true,
    });
    panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, 'media', 'cria.svg');
    const shown = { panel, text: '' };
    this.#shown.set(name, shown);
    panel.onDidDispose(() => this.#shown.delete(name));
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#last = name;
    });
    return shown;
  }
}
