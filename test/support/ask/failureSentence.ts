import type { OllamaError, OllamaErrorKind } from '../../../src/ollama/errors';

interface Asked {
  readonly origin: string;
  readonly model: string;
}

/** What to print for each way an answer can fail: what happened, and what to do about it. */
const sentences: Readonly<Record<OllamaErrorKind, (asked: Asked, error: OllamaError) => string>> = {
  unreachable: ({ origin }) => `Could not reach ${origin}. Is Ollama running there?`,
  refused: ({ origin }) => `Ollama is not running at ${origin}. Start Ollama, or add --local.`,
  dns: ({ origin }) => `Could not resolve the host name in ${origin}.`,
  tls: ({ origin }) => `The certificate of ${origin} is not trusted on this machine.`,
  proxy: ({ origin }) => `The proxy in front of ${origin} blocked the request.`,
  unauthorized: (_, { signinUrl }) => `Sign in first${signinUrl ? `: ${signinUrl}` : '.'}`,
  forbidden: ({ origin }) => `${origin} refused the request.`,
  modelMissing: ({ model }) => `Model ${model} is not installed. Try: ollama pull ${model}`,
  contextOverflow: (_, { promptTokens, contextLength }) =>
    `The prompt needs ${promptTokens ?? '?'} tokens, but the context window has ${contextLength ?? '?'}.`,
  outOfMemory: ({ model }) => `Not enough memory for ${model}.`,
  unsupportedThink: ({ model }) => `${model} does not support thinking.`,
  unsupportedTools: ({ model }) => `${model} does not support tools.`,
  unsupportedImages: ({ model }) => `${model} does not support images.`,
  unsupportedChat: ({ model }) => `${model} does not support chat.`,
  busy: ({ origin }) => `${origin} is busy. Retry later.`,
  gatewayTimeout: ({ origin }) => `The proxy in front of ${origin} timed out.`,
  redirect: ({ origin }, { location }) =>
    `${origin} redirects to ${location ?? 'another address'}. Use that address.`,
  protocol: ({ origin }) => `The server at ${origin} is not an Ollama server.`,
  truncated: () => 'The answer was cut off here.',
  server: () => 'The server reported an error.',
  cancelled: () => 'Stopped.',
};

/** One sentence for a person, and what the server itself said below it. */
export function failureSentence(error: OllamaError, asked: Asked): string {
  const sentence = sentences[error.kind](asked, error);
  return error.kind === 'cancelled' ? sentence : `${sentence}\n(${error.message})`;
}
