import assert from 'node:assert/strict';
import { answer, json, silent, tokensOf } from '../../support/ollamaServer/scripts';
import { Gate, type Script } from '../../support/ollamaServer/exchange';
import type { OllamaServer } from '../../support/ollamaServer/ollamaServer';
import { eventually } from '../../support/clock';

const thoughts = tokensOf('First I look at the bytes.');
const tokens = tokensOf('A network chunk is not a line of text, so keep the rest.');

/** The state of an answer when something happens to the panel. */
export interface TurnPhase {
  /** How much of the answer has come, in thoughts and tokens. */
  readonly come: number;
  /** What the panel calls it. */
  readonly states: readonly string[];
  /** How the server answers when it is asked what it is doing. */
  readonly ps?: Script;
}

export const turnPhases = {
  // The server takes the request and says nothing at all: after two seconds that is a silence.
  connecting: { come: 0, states: ['connecting', 'stalled'], ps: silent() },
  loading: { come: 0, states: ['loading'], ps: json({ models: [] }) },
  prompting: { come: 0, states: ['prompting'] },
  thinking: { come: 3, states: ['thinking'] },
  answering: { come: thoughts.length + 4, states: ['answering'] },
  stalled: { come: thoughts.length + 4, states: ['stalled'] },
  done: { come: thoughts.length + tokens.length, states: ['done'] },
} as const satisfies Record<string, TurnPhase>;

export type PhaseName = keyof typeof turnPhases;

/** An answer of the scripted server that comes as far as the test says. */
export class SteppedAnswer {
  readonly #server: OllamaServer;
  readonly #gate = new Gate();
  readonly #wasAsked: number;
  #come = 0;

  /** The next question is answered so. */
  constructor(server: OllamaServer) {
    this.#server = server;
    this.#wasAsked = server.requestsTo('/api/chat').length;
    server.onChat(answer(tokens, { thinking: thoughts, pacing: { gate: this.#gate } }));
  }

  get isWhole(): boolean {
    return this.#come === thoughts.length + tokens.length;
  }

  /** What has come of the answer. */
  get text(): string {
    return tokens.slice(0, Math.max(0, this.#come - thoughts.length)).join('');
  }

  /** What has come of the thoughts. */
  get thinking(): string {
    return thoughts.slice(0, this.#come).join('');
  }

  /** Lets so many thoughts and tokens more come, and waits until the server has sent them. */
  async comes(count: number): Promise<void> {
    if (this.isWhole) return;
    this.#come += count;
    this.#gate.release(count);
    const request = await this.#server.received('/api/chat', this.#wasAsked + 1);
    await eventually(() => assert.equal(request.written, this.#come));
  }

  /** Lets the rest come, and the end. */
  end(): void {
    this.#come = thoughts.length + tokens.length;
    this.#gate.open();
  }
}
