import type { Failure } from '../shared/turn';

/** What happens while a server downloads a model. */
export type PullStep =
  | {
      readonly type: 'progress';
      /** As the server reports it, such as `verifying sha256 digest`. */
      readonly status: string;
      /** Of the layers named so far: the server does not report the total in advance. */
      readonly completedBytes: number;
      readonly totalBytes: number;
    }
  /** The connection was lost; the download resumes automatically. */
  | { readonly type: 'retry' }
  | { readonly type: 'end'; readonly end: PullEnd };

export type PullEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: Failure };
