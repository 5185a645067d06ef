import * as vscode from 'vscode';
import type { PendingMessages } from '../conversation/pendingMessages';
import type { NewId } from '../conversation/ports';
import { formatAttachment } from '../conversation/prompt';
import { type Attachment, maxAttachments } from '../shared/attachment';
import type { Clock } from '../shared/clock';
import type { AttachSource, SuggestionView } from '../shared/protocol';
import { type Disposable, DisposableStore } from '../ui/disposables';
import type { Asking } from '../ui/focusReturn';
import { showWarning } from '../ui/notifications';
import { type QuickInputs, withQuickInputs } from '../ui/quickInputs';
import { type Ask, AttachmentConsent } from './attachmentConsent';
import { AttachmentReader, NotAttached, readDiff } from './attachmentReader';
import { AttachmentSuggestions } from './attachmentSuggestions';
import {
  parseWorkspaceTarget,
  pickSource,
  type AttachmentTarget,
  findSymbolRange,
} from './attachmentTargets';
import { findRepository } from './gitChanges';
import { mayHoldSecrets } from './pathRules';
import { maxAttachmentLength, splitDiff } from './textExcerpts';

const { t } = vscode.l10n;

export interface AttachmentsDependencies {
  readonly outbox: PendingMessages;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Tokens that the person has set for the context; null where that is left to the server. */
  readonly contextLength: () => number | null;
  readonly ask: Ask;
  readonly asking: Asking;
}

/** Attaches what the person points at to the message that is being written. */
export class Attachments implements Disposable {
  readonly #deps: AttachmentsDependencies;
  readonly #owned = new DisposableStore();
  readonly #gather: AttachmentReader;
  readonly #suggestions: AttachmentSuggestions;
  readonly #previews = this.#owned.add(new Previews());

  constructor(deps: AttachmentsDependencies) {
    this.#deps = deps;
    this.#gather = new AttachmentReader(deps.newId, () =>
      maxAttachmentLength(deps.contextLength()),
    );
    this.#suggestions = new AttachmentSuggestions(deps.clock);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  attach(source: AttachSource): Promise<boolean> {
    const sources: Record<AttachSource, () => Promise<boolean>> = {
      pick: () => this.#pick(),
      selection: () => this.attachSelection(),
      file: () => this.attachFiles(undefined),
      problems: () => this.attachProblems(undefined),
      gitDiff: () => this.attachGitDiff(),
    };
    return sources[source]();
  }

  /** The selected lines of the editor in front; whether something was attached. */
  attachSelection(): Promise<boolean> {
    return this.#tell(async () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor || editor.selection.isEmpty) {
        throw new NotAttached(t('Select the code to ask about.'));
      }
      const target = { uri: editor.document.uri };
      if (!(await this.#mayAttach([target]))) return [];
      return [this.#gather.selection(editor)];
    });
  }

  /** These files and folders, or without any the open file. */
  attachFiles(uris: readonly vscode.Uri[] | undefined): Promise<boolean> {
    const open = vscode.window.activeTextEditor?.document.uri;
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

  /** What is reported of a file, or without one of the open file. */
  attachProblems(uri: vscode.Uri | undefined): Promise<boolean> {
    return this.#tell(async () => {
      const wanted = uri ?? vscode.window.activeTextEditor?.document.uri;
      if (!wanted) throw new NotAttached(t('Open a file that has problems.'));
      if (!(await this.#mayAttach([{ uri: wanted }]))) return [];
      return [await this.#gather.problems(wanted)];
    });
  }

  attachGitDiff(): Promise<boolean> {
    return this.#tell(async () => {
      const repository = await findRepository(vscode.window.activeTextEditor?.document.uri);
      if (!repository) throw new NotAttached(t('No Git repository in this workspace.'));
      const source = await readDiff(repository);
      const secrets = splitDiff(source.diff)
        .filter(({ path }) => mayHoldSecrets(path.slice(path.lastIndexOf('/') + 1)))
        .map(({ path }) => t('{0} may contain passwords or keys.', path));
      if (!(await this.#asks(secrets))) return [];
      return [await this.#gather.diff(source)];
    });
  }

  preview(attachment: Attachment): Promise<void> {
    return this.#previews.show(attachment);
  }

  suggest(query: string): Promise<readonly SuggestionView[]> {
    return this.#suggestions.find(query);
  }

  async #pick(): Promise<boolean> {
    const { source, files } = await withQuickInputs(async (inputs) => {
      const source = await pickSource(inputs);
      return { source, files: source === 'files' ? await this.#chooseFiles(inputs) : [] };
    }, this.#deps.asking);
    if (source === undefined) return false;
    if (source === 'files') return this.#attachChosen(files);
    if (source === 'folder') return this.#pickFolders();
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
    const items = files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
    return inputs.pickMany(items, { title: t('Attach Files') });
  }

  async #pickFolders(): Promise<boolean> {
    const chosen = await vscode.window.showOpenDialog({
      ...{ canSelectFolders: true, canSelectFiles: false, canSelectMany: true },
      ...{ title: t('Attach Folder Listing'), openLabel: t('Attach') },
    });
    return chosen !== undefined && this.#attachTargets(chosen.map((uri) => ({ uri })));
  }

  #attachTargets(targets: readonly AttachmentTarget[]): Promise<boolean> {
    return this.#tell(async () => {
      const guard = new AttachmentConsent();
      if (!(await this.#mayAttach(targets, guard))) return [];
      const made: Attachment[] = [];
      const refused: string[] = [];
      // One more than a message has, so that it is said when there are more.
      for (const target of targets.slice(0, maxAttachments + 1)) {
        const one = await this.#make(target, guard).catch(describeRefusal);
        if (typeof one === 'string') refused.push(one);
        else made.push(one);
      }
      showRefused(refused);
      return made;
    });
  }

  async #make({ uri, lines }: AttachmentTarget, guard: AttachmentConsent): Promise<Attachment> {
    if (lines) {
      const isName = lines.first === lines.last;
      const symbol = isName ? await findSymbolRange(uri, lines.first - 1) : undefined;
      const { first, last } = symbol
        ? { first: symbol.start.line + 1, last: symbol.end.line + 1 }
        : lines;
      return this.#gather.lines(uri, first, last);
    }
    return (await isFolder(uri)) ? this.#gather.folder(uri, guard) : this.#gather.file(uri);
  }

  /** Asks, at once for all, about what is not attached without asking. */
  async #mayAttach(
    targets: readonly AttachmentTarget[],
    guard = new AttachmentConsent(),
  ): Promise<boolean> {
    const reasons = await Promise.all(targets.map(({ uri }) => guard.reasonToAsk(uri)));
    return this.#asks(reasons.filter((reason) => reason !== undefined));
  }

  async #asks(reasons: readonly string[]): Promise<boolean> {
    if (reasons.length === 0) return true;
    const { ask, asking } = this.#deps;
    const [only = ''] = reasons;
    const question =
      reasons.length === 1
        ? t('{0} Attach anyway?', only)
        : t('{0} of these items may be private or excluded. Attach anyway?', reasons.length);
    const isAgreed = await ask(question, reasons.length === 1 ? [] : reasons);
    asking.over();
    return isAgreed;
  }

  /** Attaches what `make` gives; what cannot be attached is said in a sentence. */
  async #tell(make: () => Promise<readonly Attachment[]>): Promise<boolean> {
    try {
      const made = await make();
      const isRoom = made.every((attachment) => this.#deps.outbox.attach(attachment));
      if (!isRoom) {
        throw new NotAttached(t('A message can have at most {0} attachments.', maxAttachments));
      }
      return made.length > 0;
    } catch (error) {
      showRefused([describeRefusal(error)]);
      return false;
    }
  }
}

/** Why something is not attached, in a sentence; what is no reason of that kind is thrown again. */
function describeRefusal(error: unknown): string {
  if (error instanceof NotAttached) return error.message;
  if (error instanceof vscode.FileSystemError) {
    return t('Could not read the file: {0}', error.message);
  }
  throw error;
}

/** Nobody is waiting for the answer to it. */
function showRefused([first, ...more]: readonly string[]): void {
  if (first === undefined) return;
  const sentence =
    more.length === 0
      ? first
      : t('{0} of these items could not be attached. {1}', more.length + 1, first);
  void showWarning(sentence);
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme === 'untitled') return false;
  const { type } = await vscode.workspace.fs.stat(uri);
  return (type & vscode.FileType.Directory) !== 0;
}

const scheme = 'cria-attachment';

/** Shows, read-only, exactly what is sent of an attachment. */
export class Previews implements Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: ({ path }) => this.#texts.get(path) ?? '',
  });

  async show(attachment: Attachment): Promise<void> {
    const { id, label } = attachment;
    const path = `/${id}/${label.replaceAll('/', '∕')}.md`;
    this.#texts.set(path, formatAttachment(attachment));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path }));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
