import * as v from 'valibot';
import { metricsSchema, turnEndSchema } from '../shared/turn';

/** What an explanation is made of. The same forms are stored, so they are schemas. */

const line = v.pipe(v.number(), v.integer(), v.minValue(1));

/** Some lines of a file, one-based, both ends included. */
const linesSchema = v.object({
  code: v.string(),
  firstLine: line,
  lastLine: line,
});
export type Lines = v.InferOutput<typeof linesSchema>;

const definitionSchema = v.object({
  path: v.string(),
  line,
  code: v.string(),
});
export type Definition = v.InferOutput<typeof definitionSchema>;

/** The surrounding code that helps to understand the code. */
const surroundingsSchema = v.object({
  imports: v.exactOptional(v.string()),
  definitions: v.exactOptional(v.array(definitionSchema)),
  enclosing: v.exactOptional(linesSchema),
});
export type CodeContext = v.InferOutput<typeof surroundingsSchema>;

const problemSchema = v.object({
  message: v.string(),
  /** Who says so, such as `ts`, and its number for it. */
  source: v.exactOptional(v.string()),
  code: v.exactOptional(v.string()),
});

/** The code that is explained, and what is sent about its place. */
const explainSubjectSchema = v.object({
  ...linesSchema.entries,
  /** VS Code's language identifier, such as `typescript`. */
  language: v.string(),
  /** Relative to the workspace, where it lies in one. */
  path: v.string(),
  /** What of the lines is to be explained, when that is not all of them. */
  part: v.exactOptional(v.string()),
  /** Where that part or problem begins in `code`, in UTF-16 code units from 0. */
  partAt: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** What is reported of these lines, when that is to be explained. */
  problem: v.exactOptional(problemSchema),
  around: v.exactOptional(surroundingsSchema),
});
export type ExplainSubject = v.InferOutput<typeof explainSubjectSchema>;

const explainTurnSchema = v.object({
  /** Absent for the explanation itself. */
  question: v.exactOptional(v.string()),
  model: v.string(),
  answer: v.string(),
  /** Absent if the model did not reason. */
  thinking: v.exactOptional(v.string()),
  /** Absent while it runs. */
  end: v.exactOptional(turnEndSchema),
  metrics: v.exactOptional(metricsSchema),
});
export type ExplainTurn = v.InferOutput<typeof explainTurnSchema>;

/** One request, word for word. */
const sentSchema = v.object({
  model: v.string(),
  /** The last message. */
  prompt: v.string(),
  system: v.exactOptional(v.string()),
  /** The messages before the last one, without the system prompt; absent if it was sent alone. */
  earlier: v.exactOptional(
    v.array(v.object({ role: v.picklist(['user', 'assistant']), content: v.string() })),
  ),
  /** How many tokens of `context` went with it. */
  contextTokens: v.exactOptional(v.number()),
});
export type SentRequest = v.InferOutput<typeof sentSchema>;

export const storedExplanationSchema = v.object({
  v: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/u)),
  /** Milliseconds since 1970. */
  createdAt: v.pipe(v.number(), v.finite()),
  /** Of the document. */
  uri: v.string(),
  /** The current lines of the code, zero-based, both included. */
  range: v.object({ first: v.number(), last: v.number() }),
  subject: explainSubjectSchema,
  turns: v.pipe(v.array(explainTurnSchema), v.minLength(1)),
  /** What the model has seen, from the last whole prompt on. */
  sent: v.array(sentSchema),
});
export type StoredExplanation = v.InferOutput<typeof storedExplanationSchema>;

/** What `context` of an answer belongs to: with anything else it is worthless. */
export const continuationSchema = v.object({
  model: v.string(),
  system: v.string(),
  contextLength: v.exactOptional(v.number()),
  /** How many turns and characters of answers there were. */
  turns: v.number(),
  characters: v.number(),
  context: v.array(v.number()),
});
export type Continuation = v.InferOutput<typeof continuationSchema>;
