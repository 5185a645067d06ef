import * as vscode from 'vscode';
import { asIconLabel } from '../shared/hiddenCharacters';
import type { PendingMessages } from '../conversation/pendingMessages';
import type { Logger, NewId } from '../conversation/ports';
import { formatAttachment } from '../conversation/prompt';
import type { Clock } from '../shared/clock';
import type { AttachSource, SuggestionView } from '../shared/protocol';
import { type Attachment, maxAttachments } from '../shared/turn';
import { ReadingGate } from '../files/readingGate';
import { type FocusReturn, type QuickInputs, showWarning, withQuickInputs } from '../ui/dialogs';
import { type Disposable, DisposableStore } from '../ui/disposables';
import { getDisplayPath, getFileUri } from '../ui/documentNames';
import { whole } from '../ui/formatNumbers';
import { ReadOnlyDocuments } from '../ui/readOnlyDocuments';
import type { Ask } from './attachmentConsent';
import { AttachmentReader } from './attachmentReader';
import { AttachmentSuggestions, maxListedFiles } from './attachmentSuggestions';
import {
  type AttachmentTarget,
  findOpenDocument,
  findSymbolRange,
  findSymbols,
  parseUri,
  parseWorkspaceTarget,
  pickParts,
  pickSource,
} from './attachmentTargets';
import { NotAttached, readText } from './fileText';
import { type ChangeScope, type GitHost, readChanges } from './gitChanges';
import { chooseRepository, confirmChanges } from './gitQuestions';
import { maxExcerptLength, mergeLines } from './textExcerpts';

const { t } = vscode.l10n;

export interface AttachmentsDependencies {
  readonly pending: Pick<PendingMessages, 'attach' | 'detach' | 'attachments'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** The context length in the settings, in tokens; null if the server decides. */
  readonly contextLength: () => number | null;
  readonly ask: Ask;
  readonly focusReturn: FocusReturn;
  readonly git: GitHost;
}

interface ReadAttachment {
  readonly attachment: Attachment;
  /** Why the user must be asked, if that is known before its text is looked at. */
  readonly reason?: string | undefined;
}

/** Attaches files, selections, problems and changes to the message that is being written. */
export class Attachments implements Disposable {
  readonly #deps: AttachmentsDependencies;
  readonly #owned = new DisposableStore();
  readonly #reader: AttachmentReader;
  readonly #suggestions: AttachmentSuggestions;
  readonly #previews = this.#owned.add(new ReadOnlyDocuments('cria-attachment'));

  constructor(deps: AttachmentsDependencies) {
    this.#deps = deps;
    this.#reader = new AttachmentReader(deps.newId, () => maxExcerptLength(deps.contextLength()));
    this.#suggestions = new AttachmentSuggestions(deps.clock);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  attach(source: AttachSource): Promise<boolean> {
    switch (source) {
      case 'pick':
        return this.#pick();
      case 'selection':
        return this.attachSelection();
      case 'file':
        return this.attachFiles(undefined);
      case 'problems':
        return this.attachProblems(undefined);
      case 'gitDiff':
        return this.attachGitDiff();
    }
  }

  /** The selected lines of the active editor, each selection by itself; whether something was attached. */
  attachSelection(): Promise<boolean> {
    return this.#attachOrReport(async () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor || editor.selections.every(({ isEmpty }) => isEmpty)) {
        throw new NotAttached(t('Select the code to ask about.'));
      }
      const gate = new ReadingGate();
      const selections = this.#reader.readSelections(editor);
      const reason = await gate.reasonToAsk(editor.document.uri);
      return this.#confirmRead(
        selections.map((attachment) => ({ attachment, reason })),
        gate,
      );
    });
  }

  /** These files and folders, or the open file if undefined. */
  attachFiles(uris: readonly vscode.Uri[] | undefined): Promise<boolean> {
    const open = getOpenFile();
    const wanted = uris ?? (open ? [open] : []);
    if (wanted.length === 0) return this.#pickFiles();
    return this.#attachTargets(wanted.map((uri) => ({ uri })));
  }

  async attachUris(uris: readonly string[]): Promise<void> {
    const targets = uris.map(parseWorkspaceTarget).filter((target) => target !== undefined);
    if (targets.length === 0) {
      void showWarning(t('Only files in this workspace can be attached.'));
      return;
    }
    await this.#attachTargets(targets);
  }

  /** The beginning of a text that is too long for a message. @param length of the whole text */
  attachText(text: string, length: number): Promise<boolean> {
    return this.#attachOrReport(() => Promise.resolve([this.#reader.readText(text, length)]));
  }

  /** The problems of a file, or of the open file if undefined. */
  attachProblems(uri: vscode.Uri | undefined): Promise<boolean> {
    return this.#attachOrReport(async () => {
      const wanted = uri ?? getOpenFile();
      if (!wanted) throw new NotAttached(t('Open a file that has problems.'));
      const gate = new ReadingGate();
      const reason = await gate.reasonToAsk(wanted);
      if (!(await this.#confirm(reason === undefined ? [] : [reason]))) return [];
      const attachment = await this.#reader.readProblems(wanted);
      return reason === undefined ? this.#confirmRead([{ attachment }], gate) : [attachment];
    });
  }

  /** The changes since the last commit, or the staged ones. */
  attachGitDiff(scope: ChangeScope = 'all'): Promise<boolean> {
    return this.#attachOrReport(async () => {
      const { focusReturn, ask, git } = this.#deps;
      const open = vscode.window.activeTextEditor?.document.uri;
      const repository = await chooseRepository(git, open, scope, focusReturn);
      if (!repository) return [];
      const source = await readChanges(repository, scope, {
        gate: new ReadingGate(),
        readText: async (uri) => (await readText(uri)).text,
      });
      const { attached, leftOut } = await confirmChanges(source, ask);
      if (leftOut > 0 || attached.length < source.changes.length) focusReturn.returnToMessage();
      if (attached.length === 0 && source.changes.length > 0) return [];
      return [this.#reader.readDiff({ ...source, changes: attached }, leftOut)];
    });
  }

  /** Replaces an attached file by its outline, or by the symbols of it that the user chooses. */
  attachParts(file: Attachment): Promise<boolean> {
    const { pending } = this.#deps;
    return this.#attachOrReport(async () => {
      const uri = getReadableUri(file);
      const gate = new ReadingGate();
      const reason = await gate.reasonToAsk(uri);
      if (!(await this.#confirm(reason === undefined ? [] : [reason]))) return [];
      const made = await this.#chooseParts(uri);
      const unasked = made.map((attachment) => ({ attachment }));
      const parts = reason === undefined ? await this.#confirmRead(unasked, gate) : made;
      // The file stays attached if its parts are too many, or must not be read.
      const count = pending.attachments.length - 1 + parts.length;
      if (parts.length > 0 && count <= maxAttachments) pending.detach(file.id);
      return parts;
    });
  }

  async #chooseParts(uri: vscode.Uri): Promise<readonly Attachment[]> {
    const { clock, focusReturn } = this.#deps;
    const symbols = await findSymbols(uri, clock);
    if (symbols.length === 0) throw new NotAttached(describeNoSymbols(getDisplayPath(uri)));
    const chosen = await withQuickInputs((inputs) => pickParts(inputs, uri, symbols), focusReturn);
    if (!chosen) return [];
    const ranges = mergeLines(chosen.symbols);
    return Promise.all([
      ...(chosen.outline ? [this.#reader.readOutline(uri, symbols)] : []),
      ...ranges.map(({ first, last }) => this.#reader.readLines(uri, first, last)),
    ]);
  }

  preview(attachment: Attachment): Promise<void> {
    const { id, label } = attachment;
    return this.#previews.show(
      `/${id}/${label.replaceAll('/', '∕')}.md`,
      formatAttachment(attachment),
    );
  }

  suggest(query: string): Promise<readonly SuggestionView[]> {
    return this.#suggestions.find(query);
  }

  async #pick(): Promise<boolean> {
    const { source, files } = await withQuickInputs(async (inputs) => {
      const source = await pickSource(inputs, this.#deps.git);
      return { source, files: source === 'files' ? await this.#chooseFiles(inputs) : [] };
    }, this.#deps.focusReturn);
    if (source === undefined) return false;
    if (source === 'files') return this.#attachChosen(files);
    if (source === 'folder') return this.#pickFolders();
    if (source === 'stagedChanges') return this.attachGitDiff('staged');
    return this.attach(source);
  }

  async #pickFiles(): Promise<boolean> {
    return this.#attachChosen(await withQuickInputs((inputs) => this.#chooseFiles(inputs)));
  }

  async #attachChosen(files: readonly AttachmentTarget[]): Promise<boolean> {
    return files.length > 0 && this.#attachTargets(files);
  }

  async #chooseFiles(inputs: QuickInputs): Promise<readonly AttachmentTarget[]> {
    const files = await this.#suggestions.files();
    const items = files.map((uri) => ({ label: asIconLabel(getDisplayPath(uri), 500), uri }));
    const title = t('Attach Files');
    if (files.length < maxListedFiles) return inputs.pickMany(items, { title });
    const placeholder = t('The first {0} files are listed', whole(files.length));
    return inputs.pickMany(items, { title, placeholder });
  }

  async #pickFolders(): Promise<boolean> {
    const chosen = await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      canSelectMany: true,
      title: t('Attach Folder Listing'),
      openLabel: t('Attach'),
    });
    return chosen !== undefined && this.#attachTargets(chosen.map((uri) => ({ uri })));
  }

  /** A target that cannot be read is reported; the others are attached. */
  #attachTargets(targets: readonly AttachmentTarget[]): Promise<boolean> {
    return this.#attachOrReport(async () => {
      const gate = new ReadingGate();
      // One more than a message can have, so that too many are noticed.
      const wanted = targets.slice(0, maxAttachments + 1);
      const refused: string[] = [];
      const readable: { readonly target: AttachmentTarget; readonly reason: string | undefined }[] =
        [];
      for (const target of wanted) {
        try {
          readable.push({ target, reason: await gate.reasonToAsk(target.uri) });
        } catch (error) {
          refused.push(this.#describeRefusal(error));
        }
      }
      const reasons = readable.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
      if (!(await this.#confirm(reasons))) return [];
      const made: Attachment[] = [];
      const unasked: ReadAttachment[] = [];
      for (const { target, reason } of readable) {
        try {
          const attachment = await this.#read(target, gate);
          if (reason === undefined) unasked.push({ attachment });
          else made.push(attachment);
        } catch (error) {
          refused.push(this.#describeRefusal(error));
        }
      }
      showRefused(refused);
      return [...made, ...(await this.#confirmRead(unasked, gate))];
    });
  }

  async #read({ uri, lines }: AttachmentTarget, gate: ReadingGate): Promise<Attachment> {
    if (lines) {
      const isName = lines.first === lines.last;
      const symbol = isName
        ? await findSymbolRange(uri, lines.first - 1, this.#deps.clock)
        : undefined;
      const first = symbol ? symbol.start.line + 1 : lines.first;
      const last = symbol ? symbol.end.line + 1 : lines.last;
      return this.#reader.readLines(uri, first, last);
    }
    return (await isFolder(uri)) ? this.#reader.readFolder(uri, gate) : this.#reader.readFile(uri);
  }

  /** What may be attached of what has been read: its text may be a reason to ask that its name is not. */
  async #confirmRead(
    read: readonly ReadAttachment[],
    gate: ReadingGate,
  ): Promise<readonly Attachment[]> {
    const reasons = read.flatMap(({ attachment: { label, text }, reason }) => {
      const why = reason ?? gate.reasonInText(label, text);
      return why === undefined ? [] : [why];
    });
    return (await this.#confirm(reasons)) ? read.map(({ attachment }) => attachment) : [];
  }

  /** Asks once about everything there is a reason to ask about. */
  async #confirm(reasons: readonly string[]): Promise<boolean> {
    const [only] = reasons;
    if (only === undefined) return true;
    const { ask, focusReturn } = this.#deps;
    const question =
      reasons.length === 1
        ? t('{0} Attach anyway?', only)
        : t('{0} of these items may be private or excluded. Attach anyway?', reasons.length);
    const isConfirmed = (await ask(question, reasons.length === 1 ? [] : reasons)) === true;
    focusReturn.returnToMessage();
    return isConfirmed;
  }

  /** Attaches what `make` returns. If it throws, the user is shown why. */
  async #attachOrReport(make: () => Promise<readonly Attachment[]>): Promise<boolean> {
    try {
      const made = await make();
      const didFit = made.every((attachment) => this.#deps.pending.attach(attachment));
      if (!didFit) {
        throw new NotAttached(t('A message can have at most {0} attachments.', maxAttachments));
      }
      return made.length > 0;
    } catch (error) {
      showRefused([this.#describeRefusal(error)]);
      return false;
    }
  }

  /** A sentence for the user. An error that is neither ours nor the file system's is logged, too. */
  #describeRefusal(error: unknown): string {
    if (error instanceof NotAttached) return error.message;
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof vscode.FileSystemError)) {
      this.#deps.logger.error(error instanceof Error ? (error.stack ?? message) : message);
    }
    return t('Could not read the file: {0}', message);
  }
}

function showRefused([first, ...more]: readonly string[]): void {
  if (first === undefined) return;
  const sentence =
    more.length === 0
      ? first
      : t('{0} of these items could not be attached. {1}', more.length + 1, first);
  // Not awaited: a notification stays until the user closes it.
  void showWarning(sentence);
}

/** Of an attached file. Pasted text is in no document. */
function getReadableUri({ uri: source = '', path }: Attachment): vscode.Uri {
  const uri = parseUri(source);
  const isPasted = uri?.scheme === 'untitled' && !findOpenDocument(uri);
  if (!uri || isPasted) throw new NotAttached(describeNoSymbols(path));
  return uri;
}

function describeNoSymbols(name: string): string {
  return t('No symbols found in {0}. Select the lines you need and attach the selection.', name);
}

/** The file of the active editor: of a cell, its notebook. */
function getOpenFile(): vscode.Uri | undefined {
  const { activeTextEditor, activeNotebookEditor } = vscode.window;
  const document = activeTextEditor?.document.uri;
  return document ? getFileUri(document) : activeNotebookEditor?.notebook.uri;
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme === 'untitled') return false;
  const { type } = await vscode.workspace.fs.stat(uri);
  return (type & vscode.FileType.Directory) !== 0;
}
