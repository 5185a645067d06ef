/** Bounds on what a server may send, in bytes. They are far above what Ollama sends. */
export interface Limits {
  /** One line of a stream. */
  readonly line: number;
  /** The last line of generate, which carries `context`: a number for each token. */
  readonly lastLine: number;
  /** All of a stream. */
  readonly stream: number;
  /** An answer that is not streamed. */
  readonly answer: number;
  /** The status line and the headers. */
  readonly headers: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: Limits = {
  line: mebibyte,
  lastLine: 16 * mebibyte,
  stream: 512 * mebibyte,
  answer: 32 * mebibyte,
  headers: 32 * 1024,
};
