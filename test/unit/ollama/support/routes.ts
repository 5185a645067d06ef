import assert from 'node:assert/strict';
import type { CallOptions, OllamaClient } from '../../../../src/ollama/ollamaClient';
import { ServerError } from '../../../../src/http/serverError';
import type { EndEvent } from '../../../../src/http/streamEvents';
import { model } from './fixture';
import { streamRoutes } from './streams';

/** How a call ended: `ok`, or the kind of its error; for a stream, the kind of its end before it. */
export type Outcome = string;

export type RouteName = 'chat' | 'explain' | 'list' | 'show' | 'pull';

interface Route {
  readonly path: string;
  readonly call: (client: OllamaClient, options?: CallOptions) => Promise<Outcome>;
}

/** Every way to talk to the server, for the faults that all of them meet. */
export const routes: Readonly<Record<RouteName, Route>> = {
  chat: {
    path: '/api/chat',
    call: (client, options) => streamed(streamRoutes.chat.ask(client, options)),
  },
  explain: {
    path: '/api/generate',
    call: (client, options) => streamed(streamRoutes.explain.ask(client, options)),
  },
  list: { path: '/api/tags', call: (client, options) => answered(client.tags(options)) },
  show: { path: '/api/show', call: (client, options) => answered(client.show(model, options)) },
  pull: { path: '/api/pull', call: (client, options) => streamed(client.pull(model, options)) },
};

/** The four that the matrix of faults names. */
export const matrixRoutes: readonly RouteName[] = ['chat', 'explain', 'list', 'show'];

export function isStreamed(route: RouteName): boolean {
  return route !== 'list' && route !== 'show';
}

async function streamed(
  stream: AsyncIterable<{ readonly type: string } | EndEvent>,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  for await (const event of stream) {
    assert.equal(outcome, undefined, 'nothing follows the end');
    if ('end' in event) {
      const { end } = event;
      outcome = end.kind === 'done' ? 'ok' : `${end.kind}:${end.error.kind}`;
    }
  }
  return outcome ?? assert.fail('a stream has an end');
}

async function answered(promise: Promise<unknown>): Promise<Outcome> {
  try {
    await promise;
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof ServerError);
    return error.kind;
  }
}
