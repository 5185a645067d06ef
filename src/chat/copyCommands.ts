import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Logger } from '../conversation/ports';
import { registerCommand } from '../ui/commands';
import { DisposableStore, type Disposable } from '../ui/disposables';

const text = v.optional(v.pipe(v.string(), v.maxLength(4 * 1024 * 1024)), '');

/** What the page says of the place where its context menu was opened. */
const pointedAt = v.object({ criaText: text, criaMarkdown: text, criaBlock: text, criaCode: text });

type Copied = keyof v.InferOutput<typeof pointedAt>;

/** Copying a message, or a part of it, from the page's context menu. */
export function registerCopyCommands(logger: Logger): Disposable {
  const owned = new DisposableStore();
  const copy =
    (what: Copied) =>
    async (argument: unknown): Promise<void> => {
      const place = v.safeParse(pointedAt, argument);
      const copied = place.success ? place.output[what] : '';
      if (copied !== '') await vscode.env.clipboard.writeText(copied);
    };
  owned.add(registerCommand('cria.copyText', logger, copy('criaText')));
  owned.add(registerCommand('cria.copyMarkdown', logger, copy('criaMarkdown')));
  owned.add(registerCommand('cria.copyBlock', logger, copy('criaBlock')));
  owned.add(registerCommand('cria.copyCode', logger, copy('criaCode')));
  return owned;
}
