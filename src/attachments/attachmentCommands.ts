import * as vscode from 'vscode';
import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import type { Attachments } from './attachments';

type AttachmentCommand = Extract<CommandId, `cria.attach${string}` | `cria.askAbout${string}`>;

/** The chat panel as far as it is needed here. */
interface Panel {
  /** Shows the panel with the caret in its message. */
  open(): Promise<void>;
  /** Shows the panel and leaves the caret where it is. */
  reveal(): Promise<void>;
}

/** The commands that attach something; afterwards the panel shows it. */
export function attachmentCommands(
  attachments: Attachments,
  panel: Panel,
): Commands<AttachmentCommand> {
  const thenOpen = async (attached: Promise<boolean>): Promise<void> => {
    if (await attached) await panel.open();
  };
  const thenReveal = async (attached: Promise<boolean>): Promise<void> => {
    if (await attached) await panel.reveal();
  };
  return {
    'cria.askAboutSelection': () => thenOpen(attachments.attachSelection()),
    'cria.askAboutFile': (...args) => thenOpen(attachments.attachFiles(parseClickedUris(args))),
    'cria.attachSelection': () => thenReveal(attachments.attachSelection()),
    'cria.attachFile': (...args) => thenReveal(attachments.attachFiles(parseClickedUris(args))),
    'cria.attachProblems': (...args) =>
      thenReveal(attachments.attachProblems(parseClickedUris(args)?.at(0))),
    'cria.attachGitDiff': () => thenReveal(attachments.attachGitDiff()),
  };
}

/**
 * The arguments that VS Code gives a command from a menu: the clicked entry, and all selected entries if it
 * is one of them. Undefined if there are none, as from the palette: then the open file is meant.
 */
function parseClickedUris([clicked, selected]: readonly unknown[]):
  readonly vscode.Uri[] | undefined {
  const many = Array.isArray(selected) ? selected.filter(isUri) : [];
  if (many.length > 0) return many;
  return isUri(clicked) ? [clicked] : undefined;
}

function isUri(value: unknown): value is vscode.Uri {
  return value instanceof vscode.Uri;
}
