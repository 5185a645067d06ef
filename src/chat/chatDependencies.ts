import type { Conversations } from '../conversation/conversations';
import type { ConnectionProbe, Logger } from '../conversation/ports';
import type { SettingsReader } from '../settings/settingsReader';
import type { Attachment } from '../shared/turn';
import type { Clock } from '../shared/clock';
import type { PromptView } from '../shared/composerState';
import type { ContextChange } from '../shared/turn';
import type { AttachSource, CodeAction, EditorView, SuggestionView } from '../shared/protocol';
import type { CodeColors } from '../shared/tokenScopes';
import type { CommandId } from '../ui/commandIds';
import type { FocusReturn } from '../ui/dialogs';
import type { Disposable } from '../ui/disposables';
import type { RunRecovery } from '../ui/recoveryActions';

/** The settings that the panel shows. */
export interface ChatSettingsReader extends Pick<SettingsReader, 'onChanged'> {
  readonly current: { readonly model: string };
}

/** What the chat needs of the domain and of other features; `app.ts` passes it. */
export interface ChatDependencies {
  readonly conversations: Conversations;
  readonly settings: ChatSettingsReader;
  readonly connection: ConnectionProbe;
  readonly runRecovery: RunRecovery;
  /** Lets the user select the model for chat. Returns whether a model was selected. */
  readonly pickModel: () => Promise<boolean>;
  /** Lets the user choose a model for one answer. */
  readonly chooseModel: () => Promise<string | undefined>;
  /** Runs a command that another feature answers. */
  readonly runCommand: (command: CommandId) => PromiseLike<unknown>;
  readonly answerParts: AnswerParts;
  readonly attachments: ComposerAttachments;
  readonly editor: EditorState;
  readonly prompts: PromptSource;
  readonly context: ContextControls;
  readonly theme: ThemeColors;
  readonly focusReturn: FocusReturn;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the user decides about the context length of a model. */
export interface ContextControls {
  /** Its requests use the longer context from now on. */
  use(model: string, offer: ContextChange): Promise<void>;
  /** Its requests use the context before it was raised. */
  undo(model: string, raised: ContextChange): void;
  /** No model's context is raised without asking any more. */
  alwaysAsk(): Promise<void>;
}

/** The colors that the editor gives to code. */
export interface ThemeColors {
  /** @param theme as the page sees it. Undefined if no theme can be read. */
  readColors(theme: string): Promise<CodeColors | undefined>;
  onChanged(listener: () => void): Disposable;
}

/** What the user may ask about in the editor, such as the selection; shown above the message input. */
export interface EditorState {
  readonly view: EditorView;
  onChanged(listener: () => void): () => void;
}

/** What the page can do with code blocks and names in an answer. */
export interface AnswerParts {
  /** @param answer the whole text of the answer; @param block index of the code block, from 0 */
  act(action: CodeAction, answer: string, block: number): Promise<void>;
  /** Those of `names` that are files or symbols of the workspace. */
  known(names: readonly string[]): Promise<readonly string[]>;
  open(name: string): Promise<void>;
}

/** What the page can attach. */
export interface ComposerAttachments {
  /** Whether something was attached. */
  attach(source: AttachSource): Promise<boolean>;
  /** Untrusted URIs. A fragment such as `#L10-20` selects lines. */
  attachUris(uris: readonly string[]): Promise<void>;
  /** The beginning of a text that is too long for a message. @param length of the whole text */
  attachText(text: string, length: number): Promise<boolean>;
  /** Replaces an attached file by the parts of it that the user chooses; whether any were chosen. */
  attachParts(attachment: Attachment): Promise<boolean>;
  /** Opens exactly what is sent. */
  preview(attachment: Attachment): Promise<void>;
  /** Files and symbols of the workspace that match `query`, the best first. Never rejects. */
  suggest(query: string): Promise<readonly SuggestionView[]>;
}

/** The prompts behind the slash. */
export interface PromptSource {
  all(): Promise<readonly PromptView[]>;
}

/** Logs a rejection. */
export type RunAndLog = (what: string, outcome: PromiseLike<unknown>) => void;

/** Runs what may show lists; they count as opened from the panel. */
export type FromPanel = (what: string, run: () => PromiseLike<unknown>) => void;
