/**
 * Marks of chat templates that models write into their text, because their template is missing, incomplete, or
 * imitated: reasoning between tags, the channels of gpt-oss, and tokens that end or begin a turn.
 */
export type TemplateMark =
  /** Begins or ends reasoning. */
  | { readonly kind: 'open' | 'close'; readonly mark: string }
  /** Ends a turn, or separates its parts: it vanishes. */
  | { readonly kind: 'end'; readonly mark: string }
  /** Means something else inside a text, so it vanishes only at the beginning or at the end of it. */
  | { readonly kind: 'first' | 'last'; readonly mark: string }
  /** Begins a turn; the name of the role may follow. */
  | { readonly kind: 'role'; readonly mark: string }
  /** Begins a turn of someone else, whom the model plays. */
  | { readonly kind: 'otherRole'; readonly mark: string }
  /** Begins a channel of gpt-oss; its name follows, up to `channelEnd`. */
  | { readonly kind: 'channel'; readonly mark: string }
  /** Around the answer of models that reason in tags. */
  | { readonly kind: 'wrapper'; readonly mark: string };

const reasoningTags = [
  'think',
  'thinking',
  'thought',
  'reasoning',
  'seed:think',
  'mm:think',
].concat('longcat_think');

/** All in lower case: case is ignored. */
export const templateMarks: readonly TemplateMark[] = [
  ...reasoningTags.flatMap((tag): TemplateMark[] => [
    { kind: 'open', mark: `<${tag}>` },
    { kind: 'close', mark: `</${tag}>` },
  ]),
  // Magistral
  { kind: 'open', mark: '[think]' },
  { kind: 'close', mark: '[/think]' },
  // Kimi
  { kind: 'open', mark: '◁think▷' },
  { kind: 'close', mark: '◁/think▷' },
  // Command
  { kind: 'open', mark: '<|start_thinking|>' },
  { kind: 'close', mark: '<|end_thinking|>' },
  { kind: 'end', mark: '<|start_response|>' },
  { kind: 'end', mark: '<|end_response|>' },
  { kind: 'end', mark: '<|end_of_turn_token|>' },
  // OpenThinker
  { kind: 'open', mark: '<|begin_of_thought|>' },
  { kind: 'close', mark: '<|end_of_thought|>' },
  { kind: 'end', mark: '<|begin_of_solution|>' },
  { kind: 'end', mark: '<|end_of_solution|>' },
  // Apertus
  { kind: 'open', mark: '<|inner_prefix|>' },
  { kind: 'close', mark: '<|inner_suffix|>' },
  // Gemma
  { kind: 'open', mark: '<unused94>thought' },
  { kind: 'close', mark: '<unused95>' },
  { kind: 'open', mark: '<|channel>thought' },
  { kind: 'close', mark: '<channel|>' },
  { kind: 'role', mark: '<start_of_turn>' },
  { kind: 'end', mark: '<end_of_turn>' },
  { kind: 'role', mark: '<|turn>' },
  { kind: 'end', mark: '<turn|>' },
  { kind: 'first', mark: '<bos>' },
  { kind: 'last', mark: '<eos>' },
  // gpt-oss
  { kind: 'channel', mark: '<|channel|>' },
  { kind: 'role', mark: '<|start|>' },
  { kind: 'end', mark: '<|message|>' },
  { kind: 'end', mark: '<|end|>' },
  { kind: 'end', mark: '<|return|>' },
  { kind: 'end', mark: '<|call|>' },
  // Qwen, Kimi, and others with ChatML
  { kind: 'role', mark: '<|im_start|>' },
  { kind: 'end', mark: '<|im_end|>' },
  { kind: 'end', mark: '<|im_sep|>' },
  { kind: 'role', mark: '<|im_assistant|>' },
  { kind: 'otherRole', mark: '<|im_user|>' },
  { kind: 'end', mark: '<|im_middle|>' },
  { kind: 'end', mark: '<|endoftext|>' },
  // Llama
  { kind: 'end', mark: '<|begin_of_text|>' },
  { kind: 'end', mark: '<|end_of_text|>' },
  { kind: 'role', mark: '<|start_header_id|>' },
  { kind: 'end', mark: '<|end_header_id|>' },
  { kind: 'end', mark: '<|eot_id|>' },
  { kind: 'end', mark: '<|eom_id|>' },
  { kind: 'role', mark: '<|header_start|>' },
  { kind: 'end', mark: '<|header_end|>' },
  { kind: 'end', mark: '<|eot|>' },
  // Mistral and Llama 2
  { kind: 'first', mark: '<s>' },
  { kind: 'last', mark: '</s>' },
  { kind: 'end', mark: '[inst]' },
  { kind: 'end', mark: '[/inst]' },
  // Phi, GLM, Granite, DeepSeek
  { kind: 'otherRole', mark: '<|user|>' },
  { kind: 'role', mark: '<|assistant|>' },
  { kind: 'otherRole', mark: '<|system|>' },
  { kind: 'otherRole', mark: '<|observation|>' },
  { kind: 'role', mark: '<|start_of_role|>' },
  { kind: 'end', mark: '<|end_of_role|>' },
  { kind: 'end', mark: '<|begin_of_box|>' },
  { kind: 'end', mark: '<|end_of_box|>' },
  { kind: 'end', mark: '<｜begin▁of▁sentence｜>' },
  { kind: 'end', mark: '<｜end▁of▁sentence｜>' },
  { kind: 'otherRole', mark: '<｜user｜>' },
  { kind: 'role', mark: '<｜assistant｜>' },
  // EXAONE
  { kind: 'end', mark: '[|endofturn|]' },
  { kind: 'otherRole', mark: '[|user|]' },
  { kind: 'role', mark: '[|assistant|]' },
  { kind: 'wrapper', mark: '<answer>' },
  { kind: 'wrapper', mark: '</answer>' },
];

/** Ends the header of a channel. */
export const channelEnd = '<|message|>';

/** What is written into each channel of gpt-oss; a call of a tool (`to=`) is no answer. */
export function isReasoningChannel(header: string): boolean {
  return /^\s*analysis\b/iu.test(header) || /\bto=/u.test(header);
}
