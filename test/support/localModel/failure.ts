/** An answer other than 200: `{"error": message}` with a status, in Ollama's own words. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The refusal of `truncate: false`: llama.cpp's own JSON, which Ollama passes on inside its string. */
export function contextOverflow(promptTokens: number, contextLength: number): Failure {
  const error = {
    code: 400,
    message: `request (${promptTokens} tokens) exceeds the available context size (${contextLength} tokens), try increasing it`,
    type: 'exceed_context_size_error',
    n_prompt_tokens: promptTokens,
    n_ctx: contextLength,
  };
  return new Failure(400, JSON.stringify({ error }));
}
