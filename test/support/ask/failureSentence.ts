import type { OllamaError, OllamaErrorKind } from '../../../src/ollama/errors';

interface Asked {
  readonly origin: string;
  readonly model: string;
}

/** What to print for each way an answer can fail: what happened, and what to do about it. */
const sentences: Readonly<Record<OllamaErrorKind, (asked: Asked, error: OllamaError) => string>> = {
  unreachable: ({ origin }) => `${origin} does not answer. Is Ollama running there?`,
  refused: ({ origin }) => `Nothing listens at ${origin}. Start Ollama, or add --local.`,
  dns: ({ origin }) => `There is no machine by the name in ${origin}.`,
  tls: ({ origin }) => `The certificate of ${origin} is not trusted here.`,
  proxy: ({ origin }) => `A proxy before ${origin} does not let this through.`,
  unauthorized: (_, { signinUrl }) => `Sign in first${signinUrl ? `: ${signinUrl}` : '.'}`,
  forbidden: ({ origin }) => `${origin} does not allow this.`,
  modelMissing: ({ model }) => `There is no model ${model} there. Try: ollama pull ${model}`,
  contextOverflow: (_, { promptTokens, contextLength }) =>
    `The prompt is too long: ${promptTokens ?? '?'} tokens for a context of ${contextLength ?? '?'}.`,
  outOfMemory: ({ model }) => `There is not enough memory for ${model}.`,
  unsupportedThink: ({ model }) => `${model} cannot think before it answers.`,
  unsupportedTools: ({ model }) => `${model} cannot use tools.`,
  unsupportedImages: ({ model }) => `${model} cannot see images.`,
  unsupportedChat: ({ model }) => `${model} is not made for answering.`,
  busy: ({ origin }) => `${origin} has too much to do. Try again later.`,
  gatewayTimeout: ({ origin }) => `What stands before ${origin} gave up waiting for it.`,
  redirect: ({ origin }, { location }) =>
    `${origin} points to ${location ?? 'another address'}. Use that.`,
  protocol: ({ origin }) => `What answers at ${origin} is not Ollama.`,
  truncated: () => 'The answer was cut off here.',
  server: () => 'The server could not answer.',
  cancelled: () => 'Stopped.',
};

/** One sentence for a person, and what the server itself said below it. */
export function failureSentence(error: OllamaError, asked: Asked): string {
  const sentence = sentences[error.kind](asked, error);
  return error.kind === 'cancelled' ? sentence : `${sentence}\n(${error.message})`;
}
