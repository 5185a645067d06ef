import type { FromWebview } from '../../shared/protocol';
import type { PromptView } from '../../shared/prompts';
import { texts } from '../texts/texts';
import type { CompletionItem, CompletionSource } from './completion';

const icons = { cria: 'sparkle', person: 'account', folder: 'folder' } as const;

/**
 * `/` at the start of a message: prompts that are written into it, to be read and changed before they
 * are sent, and two commands of the panel.
 */
export class SlashCommands implements CompletionSource {
  readonly trigger = '/';
  readonly name = texts.slash.list;
  readonly #post: (message: FromWebview) => void;
  readonly #onPrompt: () => void;
  #waiting: ((prompts: readonly PromptView[]) => void)[] = [];

  /** @param onPrompt one of Cria's own was chosen, which is about what is in the editor */
  constructor(post: (message: FromWebview) => void, onPrompt: () => void) {
    this.#post = post;
    this.#onPrompt = onPrompt;
  }

  readonly mayStart = (text: string, at: number): boolean => text.slice(0, at).trim() === '';

  readonly find = async (query: string): Promise<readonly CompletionItem[]> => {
    const prompts = await new Promise<readonly PromptView[]>((found) => {
      this.#waiting.push(found);
      this.#post({ type: 'wantPrompts' });
    });
    const wanted = query.toLowerCase();
    const items = [...prompts.map((prompt) => this.#promptItem(prompt)), ...this.#panelItems()];
    const matching = items.filter(({ label }) => label.toLowerCase().includes(wanted));
    const begins = ({ label }: CompletionItem): boolean => label.startsWith(`/${wanted}`);
    return [...matching.filter(begins), ...matching.filter((item) => !begins(item))];
  };

  /** The host has told which prompts there are. */
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
      ...{ label, detail, icon },
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
