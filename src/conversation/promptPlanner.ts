import type { AssistantTurn, Failure, Turn } from '../shared/turn';
import type { Recovery } from './answerRun';
import { turnsToDrop } from './contextPlan';
import { askToContinue, continuingMessages } from './continuation';
import type { PromptMessage } from './ports';
import { promptMessages } from './prompt';

/** What one answer is asked with, and how that changes when the server refuses it. */
export interface PromptPlan {
  messages(): readonly PromptMessage[];
  /** What was changed for a second try; undefined when the refusal stands. */
  recover(failure: Failure): Recovery | undefined;
}

/** Plans the prompts of one conversation. It remembers where the conversation was cut to fit. */
export class PromptPlanner {
  /** The first turn that is still sent, once earlier ones no longer fitted. */
  #firstSent: string | undefined;

  /** For an answer to the last of `asked`. */
  plan(systemPrompt: string, asked: readonly Turn[]): PromptPlan {
    const messages = (): readonly PromptMessage[] =>
      promptMessages(systemPrompt, this.#fitting(asked));
    return { messages, recover: (failure) => this.#dropTurns(asked, messages(), failure) };
  }

  /** For going on with `answer`, which was given to the last of `asked`. */
  planContinuation(
    systemPrompt: string,
    asked: readonly Turn[],
    answer: AssistantTurn,
  ): PromptPlan {
    let inWords = false;
    const messages = (): readonly PromptMessage[] => {
      const form = inWords ? askToContinue : continuingMessages;
      return form(systemPrompt, this.#fitting(asked), answer);
    };
    return {
      messages,
      recover: (failure) => {
        const dropped = this.#dropTurns(asked, messages(), failure);
        if (dropped || inWords || !refusesForm(failure)) return dropped;
        inWords = true;
        return {};
      },
    };
  }

  #fitting(turns: readonly Turn[]): readonly Turn[] {
    const first = turns.findIndex(({ id }) => id === this.#firstSent);
    return first > 0 ? turns.slice(first) : turns;
  }

  #dropTurns(
    asked: readonly Turn[],
    messages: readonly PromptMessage[],
    { kind, promptTokens, contextLength }: Failure,
  ): Recovery | undefined {
    if (kind !== 'contextOverflow') return undefined;
    if (promptTokens === undefined || contextLength === undefined) return undefined;
    const sent = this.#fitting(asked);
    const drop = turnsToDrop(sent, messages, { promptTokens, contextLength });
    if (drop === 0) return undefined;
    this.#firstSent = sent[drop]?.id;
    return { turnsLeftOut: asked.length - sent.length + drop };
  }
}

/** The server understood the request and does not want it so: templates can refuse a form. */
function refusesForm({ kind, status }: Failure): boolean {
  return kind === 'server' && (status === 400 || status === 500);
}
