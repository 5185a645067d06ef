import type { Script } from './exchange';
import type { ServerModel } from './healthyOllama';
import { json } from './scripts';

/** The part of the scripted server that vLLM's routes answer with. */
export interface ServedHere {
  readonly models: readonly ServerModel[];
  readonly version: string;
  readonly chat: Script;
}

/** The routes of vLLM, and FastAPI's error for all others. */
export function vllmRoute(path: string, { models, version, chat }: ServedHere): Script {
  const routes: Readonly<Record<string, Script>> = {
    '/v1/models': json({ object: 'list', data: models.map(entry) }),
    '/v1/chat/completions': (exchange) => {
      const model = models.find(({ name }) => name === exchange.model);
      const message = `The model \`${exchange.model}\` does not exist.`;
      const error = { message, type: 'NotFoundError', param: 'model', code: 404 };
      return (model ? chat : json({ error }, 404))(exchange);
    },
    '/version': json({ version }),
    '/health': (exchange) => exchange.respond(200, {}, ''),
    '/tokenize': (exchange) => {
      const count = Math.ceil(exchange.body.length / 4);
      exchange.respondJson({ count, max_model_len: models[0]?.contextLength ?? 8192, tokens: [] });
    },
  };
  return routes[path] ?? json({ detail: 'Not Found' }, 404);
}

function entry({ name, contextLength = 8192 }: ServerModel): object {
  const rest = { object: 'model', created: 1_796_042_221, owned_by: 'vllm', root: name };
  return { id: name, ...rest, parent: null, max_model_len: contextLength };
}
