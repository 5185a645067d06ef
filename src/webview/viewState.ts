import * as v from 'valibot';

const position = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What the page alone knows and keeps over a reload; everything else comes from the host. */
const viewStateSchema = v.object({
  v: v.literal(1),
  draft: v.string(),
  caret: v.tuple([position, position]),
  /** When the draft became this, in milliseconds by this page's clock. */
  draftAt: v.optional(v.number(), 0),
  /** The `draftAt` that the host was told last. */
  toldAt: v.optional(v.number()),
  /** A message that was sent and not yet seen in the conversation. */
  unconfirmed: v.optional(v.string()),
  /** A message that is being edited in its place. */
  edit: v.optional(v.object({ conversationId: v.string(), turnId: v.string(), text: v.string() })),
  conversationId: v.string(),
  place: v.union([v.literal('end'), v.object({ turnId: v.string(), offset: v.number() })]),
  /** Turns whose thinking is open. */
  openThinking: v.array(v.string()),
});
export type ViewState = v.InferOutput<typeof viewStateSchema>;

const fresh: ViewState = {
  v: 1,
  draft: '',
  caret: [0, 0],
  draftAt: 0,
  conversationId: '',
  place: 'end',
  openThinking: [],
};

/** Reads a stored state; one that is missing, broken or of another version starts afresh. */
export function readViewState(stored: unknown): ViewState {
  const result = v.safeParse(viewStateSchema, stored);
  return result.success ? result.output : fresh;
}
