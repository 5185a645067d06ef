import type { PromptView } from '../../shared/composerState';
import type { FromWebview, SuggestionView } from '../../shared/protocol';
import { texts } from '../texts/texts';
import type { CompletionItem, CompletionSource } from './completion';

const icons = { cria: 'sparkle', person: 'account', folder: 'folder' } as const;

/**
 * `/` at the start of a message: prompts, which are written into the message for the user to edit, and two
 * commands of the panel.
 */
export class SlashCommands implements CompletionSource {
  readonly trigger = '/';
  readonly name = texts.slash.list;
  readonly #post: (message: FromWebview) => void;
  readonly #onPrompt: () => void;
  #waiting: ((prompts: readonly PromptView[]) => void)[] = [];

  /** @param onPrompt called when one of Cria's own prompts is chosen; they are about the code in the editor */
  constructor(post: (message: FromWebview) => void, onPrompt: () => void) {
    this.#post = post;
    this.#onPrompt = onPrompt;
  }

  readonly mayStart = (text: string, at: number): boolean => text.slice(0, at).trim() === '';

  readonly find = async (query: string): Promise<readonly CompletionItem[]> => {
    const prompts = await new Promise<readonly PromptView[]>((found) => {
      this.#waiting.push(found);
      this.#post({ type: 'requestPrompts' });
    });
    const wanted = query.toLowerCase();
    const items = [...prompts.map((prompt) => this.#promptItem(prompt)), ...this.#panelItems()];
    const matching = items.filter(({ label }) => label.toLowerCase().includes(wanted));
    const begins = ({ label }: CompletionItem): boolean => label.startsWith(`/${wanted}`);
    return [...matching.filter(begins), ...matching.filter((item) => !begins(item))];
  };

  receive(prompts: readonly PromptView[]): void {
    for (const found of this.#waiting.splice(0)) found(prompts);
  }

  #promptItem({ name, text, from }: PromptView): CompletionItem {
    return {
      label: `/${name}`,
      detail: from === 'cria' ? text : texts.slash[from],
      icon: icons[from],
      accept: () => {
        if (from === 'cria') this.#onPrompt();
        return text;
      },
    };
  }

  #panelItems(): readonly CompletionItem[] {
    const item = (
      label: string,
      detail: string,
      icon: string,
      message: FromWebview,
    ): CompletionItem => ({
      label,
      detail,
      icon,
      accept: () => {
        this.#post(message);
        return '';
      },
    });
    return [
      item('/clear', texts.slash.clear, 'clear-all', { type: 'newConversation' }),
      item('/model', texts.slash.model, 'hubot', { type: 'pickModel' }),
    ];
  }
}

/** `#` and a name: files and symbols of the workspace; the chosen one is attached. */
export function createReferenceSource(
  queries: HostQueries,
  attach: (uri: string) => void,
): CompletionSource {
  return {
    trigger: '#',
    name: texts.completion.references,
    // `#include`, `#123` and `#fff` are no names of files: only one written with its ending is.
    isUnmistakable: ({ label }, query) =>
      /[./]/u.test(query) && label.toLowerCase() === query.toLowerCase(),
    find: async (query) => {
      const found = await queries.ask('workspace', query);
      return found.map(({ label, detail, icon, uri }) => ({
        label,
        detail,
        icon,
        accept: () => {
          attach(uri);
          return label;
        },
      }));
    },
  };
}

type Query = Extract<FromWebview, { type: 'query' }>;

/** Numbered queries to the host: only the newest gets a result, earlier ones resolve to an empty array. */
export class HostQueries {
  readonly #post: (message: Query) => void;
  #seq = 0;
  #answer: ((items: readonly SuggestionView[]) => void) | undefined;

  constructor(post: (message: Query) => void) {
    this.#post = post;
  }

  ask(of: Query['of'], text: string): Promise<readonly SuggestionView[]> {
    this.#answer?.([]);
    this.#seq += 1;
    const seq = this.#seq;
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#post({ type: 'query', seq, of, text });
    });
  }

  receive(seq: number, items: readonly SuggestionView[]): void {
    if (seq !== this.#seq) return;
    this.#answer?.(items);
    this.#answer = undefined;
  }
}
