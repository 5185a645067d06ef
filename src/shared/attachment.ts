import * as v from 'valibot';

/** A snapshot of text that goes with a person's message: what it is, where it was, and the words. */

export const attachmentKinds = ['selection', 'file', 'folder', 'problems', 'diff'] as const;

/** No attachment is longer, in UTF-16 code units; what is longer is attached in part. */
export const maxAttachmentLength = 256 * 1024;

const line = v.pipe(v.number(), v.integer(), v.minValue(1));

export const attachmentSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  kind: v.picklist(attachmentKinds),
  /** Names what it holds, such as `client.ts:80-96`, `3 problems` or `src/ (14 files)`. */
  label: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  /** Of the text, for the fence around it; empty where it has none. */
  language: v.pipe(v.string(), v.maxLength(64)),
  /** Relative to the workspace, as people write it; empty where there is none. */
  path: v.pipe(v.string(), v.maxLength(4096)),
  /** Where it came from. */
  uri: v.exactOptional(v.pipe(v.string(), v.maxLength(8192))),
  /** Which lines of the file, from 1, both included; absent: all of it. */
  lines: v.exactOptional(v.object({ first: line, last: line })),
  /** What is not in it, in words for the model and the person, such as `lines 1-200 of 4000`. */
  part: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
  text: v.pipe(v.string(), v.maxLength(maxAttachmentLength)),
});
export type Attachment = v.InferOutput<typeof attachmentSchema>;

/** More belongs into no message. */
export const maxAttachments = 32;

export const attachmentsSchema = v.pipe(v.array(attachmentSchema), v.maxLength(maxAttachments));
