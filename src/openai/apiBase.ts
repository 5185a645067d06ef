import type { Endpoint } from '../http/endpoint';

/** Routes of the API that people copy with the address. */
const copiedRoute = /\/(?:chat\/completions|completions|embeddings|responses|models)$/u;

/** Whether a path is complete: it has a version, or ends as gateways' paths do. */
const completeBase = /\/v\d+(?:beta)?(?:\/|$)|\/openai$/u;

/** An endpoint with the path of the API on it. */
export interface ApiBase {
  /** The server itself, with the path that is before the API's. */
  readonly root: Endpoint;
  /** Of the API, below the root: `/v1`, `/api`, `''`. */
  readonly path: string;
}

/** Where the API of an address may be, the most likely first. */
export function findApiBases(endpoint: Endpoint): readonly ApiBase[] {
  const basePath = endpoint.basePath.replace(copiedRoute, '');
  const at = (root: string, path: string): ApiBase => ({
    root: { ...endpoint, basePath: root },
    path,
  });
  const isComplete = isApiPath(endpoint);
  if (isComplete) {
    const [, root = '', path = ''] =
      /^(.*?)((?:\/v\d+(?:beta)?)?(?:\/openai)?)$/u.exec(basePath) ?? [];
    return [at(root, path)];
  }
  const bases = [at(basePath, '/v1'), at(basePath, '')];
  return basePath.endsWith('/api')
    ? [at(basePath, ''), at(basePath, '/v1')]
    : [...bases, at(basePath, '/api')];
}

/** Whether the address names the API itself, so that no other is looked for. */
export function isApiPath({ basePath }: Endpoint): boolean {
  return completeBase.test(basePath.replace(copiedRoute, '')) || copiedRoute.test(basePath);
}

/** What people copy with the address of Ollama, from its documentation and from the settings of other tools. */
const ollamaSuffix =
  /\/(?:api(?:\/(?:chat|generate|tags|ps|show|version|embed|embeddings))?|v1(?:\/(?:chat\/completions|completions|embeddings|models))?)$/u;

/** Where Ollama would be if the path of an address is one of its routes; undefined for other paths. */
export function findOllamaBase({ basePath }: Endpoint): string | undefined {
  const root = basePath.replace(ollamaSuffix, '');
  return root === basePath ? undefined : root;
}
