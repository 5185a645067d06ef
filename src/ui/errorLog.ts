import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import { showInformation } from './dialogs';

/** A report needs the last errors only. */
const maxErrors = 20;

/** The output channel, which also keeps the last errors for a report that the user can copy. */
export class ErrorLog implements Logger, vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Cria', { log: true });
  readonly #errors: string[] = [];

  trace(message: string, ...details: readonly unknown[]): void {
    this.#channel.trace(message, ...details);
  }

  debug(message: string): void {
    this.#channel.debug(message);
  }

  info(message: string): void {
    this.#channel.info(message);
  }

  warn(message: string): void {
    this.#channel.warn(message);
  }

  error(message: string): void {
    this.#channel.error(message);
    this.#errors.push(`${new Date().toISOString()} ${message}`);
    if (this.#errors.length > maxErrors) this.#errors.shift();
  }

  show(): void {
    this.#channel.show();
  }

  /** Copies versions and the last errors: nothing that the user or a model wrote is in the log at that level. */
  async copyReport({ extension }: Pick<vscode.ExtensionContext, 'extension'>): Promise<void> {
    const { version } = extension.packageJSON as { readonly version: string };
    const report = [
      `Cria ${version}`,
      `VS Code ${vscode.version}, ${vscode.env.appHost}, ${vscode.env.remoteName ?? 'local'}`,
      `${process.platform} ${process.arch}, Node.js ${process.versions.node}`,
      '',
      ...this.#errors,
    ];
    await vscode.env.clipboard.writeText(`${report.join('\n')}\n`);
    await showInformation(
      vscode.l10n.t('Report copied. It contains versions and recent errors, but no chat messages.'),
    );
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
