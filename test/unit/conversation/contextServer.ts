import type { ModelContext } from '../../../src/conversation/contextLength';
import type { ChatPrompt, ModelEvent } from '../../../src/conversation/ports';
import type { Failure } from '../../../src/shared/turn';
import { type Domain, overflow, refuse, reply, type Script } from './domainFixture';

/** An 8B model of today: 5.2 GB, and 144 KiB of memory per token. */
export const shape = { sizeBytes: 5.2e9, bytesPerToken: 147_456, maximum: 40_960 };
const outOfMemory: Failure = { kind: 'outOfMemory', message: 'cudaMalloc failed', status: 500 };

/** A server with one model: what it allocates, refuses, and how often it has loaded the model. */
export class FakeServer {
  loads: number[] = [];
  allocated: number | undefined;
  /** From this length on it runs out of memory. */
  memoryTokens = Infinity;
  readonly #domain: Domain;
  /** Tokens that the server gives without being asked. */
  readonly #default: number;
  readonly #give: (asked: number) => number;
  readonly #answer: () => string;

  constructor(
    domain: Domain,
    options: {
      readonly serverDefault?: number;
      readonly give?: (asked: number) => number;
      readonly answer?: () => string;
      readonly context?: ModelContext;
    } = {},
  ) {
    this.#domain = domain;
    this.#default = options.serverDefault ?? 4096;
    this.#give = options.give ?? ((asked) => asked);
    this.#answer = options.answer ?? (() => 'word '.repeat(100));
    domain.context = options.context ?? shape;
    domain.settings = { ...domain.settings, profile: { automatic: 'raise' } };
    domain.model.answerWith(this.script);
  }

  readonly script: Script = (prompt, signal) => this.#run(prompt, signal);

  async *#run(prompt: ChatPrompt, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const wanted = prompt.profile.contextLength ?? this.#default;
    if (wanted >= this.memoryTokens) {
      this.allocated = undefined;
      this.loads.push(-wanted);
      yield* refuse(outOfMemory)(prompt, signal);
      return;
    }
    const given = this.#give(wanted);
    if (this.allocated !== given) this.loads.push(given);
    this.allocated = given;
    const { context } = this.#domain;
    if (context.allocated !== undefined || context.isLoaded !== undefined)
      this.#domain.context = { ...context, allocated: given, isLoaded: true };
    const tokens = countTokens(prompt.messages.map(({ content }) => content).join('\n'));
    if (tokens > given) yield* refuse(overflow(tokens, given))(prompt, signal);
    else yield* reply([this.#answer()], { metrics: { promptEvalCount: tokens } })(prompt, signal);
  }
}

/** The server's tokenizer: each word is one token. */
export function countTokens(text: string): number {
  return (text.match(/\S+/gu) ?? []).length + 5;
}

export const words = (count: number): string => 'word '.repeat(count);
