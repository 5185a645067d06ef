import * as vscode from 'vscode';
import type { CommandId } from '../ui/commands';
import { DisposableStore } from '../ui/disposables';

const { t } = vscode.l10n;
const scheme = 'cria-report';

export interface ReportButton {
  /** The line above which it is shown, from 0. */
  readonly line: number;
  readonly title: string;
  readonly command: CommandId;
  readonly arguments?: readonly unknown[];
}

interface Shown {
  readonly text: string;
  readonly buttons: readonly ReportButton[];
}

/** Reports as read-only documents, with buttons above the lines that they fix. */
export class Reports implements vscode.Disposable {
  readonly #owned = new DisposableStore();
  readonly #shown = new Map<string, Shown>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #lensesChanged = new vscode.EventEmitter<void>();

  constructor() {
    this.#owned.add(this.#changed);
    this.#owned.add(this.#lensesChanged);
    this.#owned.add(
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: ({ path }) => this.#shown.get(path)?.text ?? '',
      }),
    );
    this.#owned.add(
      vscode.languages.registerCodeLensProvider(
        { scheme },
        {
          onDidChangeCodeLenses: this.#lensesChanged.event,
          provideCodeLenses: ({ uri }) => (this.#shown.get(uri.path)?.buttons ?? []).map(lens),
        },
      ),
    );
  }

  /** `name` is the title of the tab. A report of the same name is replaced. */
  async show(name: string, text: string, buttons: readonly ReportButton[]): Promise<void> {
    const path = `/${name.replaceAll('/', '∕')}.md`;
    const uri = vscode.Uri.from({ scheme, path });
    const copy = { line: 0, title: `$(copy) ${t('Copy')}`, command: 'cria.copyReport' as const };
    this.#shown.set(path, { text, buttons: [{ ...copy, arguments: [path] }, ...buttons] });
    this.#changed.fire(uri);
    this.#lensesChanged.fire();
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'markdown');
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Puts a report into the clipboard: that of the path, else the one that is open. */
  async copy(path: unknown): Promise<void> {
    const open = vscode.window.activeTextEditor?.document.uri;
    const wanted = typeof path === 'string' ? path : open?.scheme === scheme ? open.path : '';
    const report = this.#shown.get(wanted);
    if (report) await vscode.env.clipboard.writeText(report.text);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

function lens({ line, title, command, arguments: args = [] }: ReportButton): vscode.CodeLens {
  const range = new vscode.Range(line, 0, line, 0);
  return new vscode.CodeLens(range, { title, command, arguments: [...args] });
}
