import * as v from 'valibot';
import { excerptAroundLine } from './textExcerpts';

/** A cell of a notebook, and what running it left. */
export interface NotebookCell {
  readonly kind: 'code' | 'markdown' | 'raw';
  /** Such as `python`; empty where it is not known. */
  readonly language: string;
  readonly source: string;
  readonly outputs: readonly NotebookOutput[];
}

/** Text, or something that is left out, such as a picture. */
export type NotebookOutput = { readonly text: string } | 'leftOut';

/** A notebook as text for a model. `part` is what is not in it, in words. */
export interface NotebookText {
  readonly text: string;
  readonly part?: string;
}

/** More of one output says no more; tables and logs can have thousands of lines. UTF-16 code units. */
const maxOutputLength = 2_000;

/**
 * As many whole cells as fit into `maxLength`, those nearest to cell `center` (from 0). If that cell alone is
 * too long, its beginning.
 */
export function formatNotebook(
  cells: readonly NotebookCell[],
  maxLength: number,
  center = 0,
): NotebookText {
  const texts = cells.map(formatCell);
  const { first, last } = takeNearestCells(texts, maxLength, center);
  const taken = cells.slice(first, last + 1);
  const whole = texts.slice(first, last + 1).join('\n\n');
  const { text, part: cut } = excerptAroundLine(whole, maxLength);
  const leftOut = taken.flatMap(({ outputs }) => outputs).filter((each) => each === 'leftOut');
  const notes = [
    ...(taken.length < cells.length ? [nameCells(first, last, cells.length)] : []),
    ...(cut === undefined ? [] : [cut]),
    ...(leftOut.length > 0 ? [`without ${countOutputs(leftOut.length)}`] : []),
  ];
  return notes.length === 0 ? { text } : { text, part: notes.join(', ') };
}

function nameCells(first: number, last: number, count: number): string {
  return first === last
    ? `cell ${first + 1} of ${count}`
    : `cells ${first + 1}-${last + 1} of ${count}`;
}

function countOutputs(count: number): string {
  return count === 1 ? '1 output that is not text' : `${count} outputs that are not text`;
}

function takeNearestCells(
  texts: readonly string[],
  maxLength: number,
  center: number,
): { readonly first: number; readonly last: number } {
  let first = Math.min(Math.max(0, center), Math.max(0, texts.length - 1));
  let last = first;
  let left = maxLength - (texts[first]?.length ?? 0);
  const take = (index: number): boolean => {
    const text = texts[index];
    if (text === undefined || text.length + 2 > left) return false;
    left -= text.length + 2;
    return true;
  };
  for (let isFull = false; !isFull;) {
    const isAbove = take(first - 1);
    if (isAbove) first -= 1;
    const isBelow = take(last + 1);
    if (isBelow) last += 1;
    isFull = !isAbove && !isBelow;
  }
  return { first, last };
}

/** `%%` begins a cell, as in the scripts that notebooks are converted to. */
function formatCell({ kind, language, source, outputs }: NotebookCell, index: number): string {
  const what = kind === 'code' ? language : kind;
  const head = `%% cell ${index + 1}${what === '' ? '' : ` (${what})`}`;
  const texts = outputs.flatMap((output) => (output === 'leftOut' ? [] : [output.text.trimEnd()]));
  const shown = texts.filter((text) => text !== '').map(shortenOutput);
  const printed = shown.length === 0 ? [] : [`%% output of cell ${index + 1}`, ...shown];
  return [head, source.trimEnd(), ...printed].join('\n');
}

function shortenOutput(text: string): string {
  if (text.length <= maxOutputLength) return text;
  return `${excerptAroundLine(text, maxOutputLength).text}\n…`;
}

/** Text of nbformat is one string or a list of lines. */
const textSchema = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((text) => (typeof text === 'string' ? text : text.join(''))),
);

/** `stream` has `text`, `error` has `traceback`, all others have `data` by MIME type. */
const outputSchema = v.object({
  output_type: v.string(),
  text: v.optional(textSchema),
  ename: v.optional(v.string()),
  evalue: v.optional(v.string()),
  data: v.optional(v.record(v.string(), v.unknown())),
});

const cellSchema = v.object({
  cell_type: v.string(),
  source: v.optional(textSchema),
  /** The name of `source` before nbformat 4. */
  input: v.optional(textSchema),
  outputs: v.fallback(v.optional(v.array(outputSchema)), undefined),
});

const nameSchema = v.optional(v.object({ name: v.optional(v.string()) }));

/** https://nbformat.readthedocs.io/en/latest/format_description.html; before version 4 with worksheets. */
const notebookSchema = v.object({
  cells: v.optional(v.array(cellSchema)),
  worksheets: v.optional(v.array(v.object({ cells: v.array(cellSchema) }))),
  metadata: v.optional(
    v.object({
      language_info: nameSchema,
      kernelspec: v.optional(v.object({ language: v.optional(v.string()) })),
    }),
  ),
});

/** The cells of an `.ipynb` file; undefined if it is no notebook. */
export function parseNotebook(json: string): readonly NotebookCell[] | undefined {
  const parsed = v.safeParse(notebookSchema, parseJson(json));
  if (!parsed.success) return undefined;
  const { cells, worksheets, metadata } = parsed.output;
  const all = cells ?? worksheets?.flatMap((sheet) => sheet.cells);
  const language = metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? '';
  return all?.map((cell) => toCell(cell, language));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function toCell(
  { cell_type: type, source, input, outputs = [] }: v.InferOutput<typeof cellSchema>,
  language: string,
): NotebookCell {
  const kind = type === 'markdown' || type === 'raw' ? type : 'code';
  return { kind, language, source: source ?? input ?? '', outputs: outputs.map(toOutput) };
}

function toOutput({
  text,
  ename,
  evalue,
  data = {},
}: v.InferOutput<typeof outputSchema>): NotebookOutput {
  if (ename !== undefined) return { text: `${ename}: ${evalue ?? ''}` };
  const plain = v.safeParse(textSchema, data['text/plain']);
  const isPicture = Object.keys(data).some((type) => type.startsWith('image/'));
  if (text !== undefined) return { text };
  return plain.success && !isPicture ? { text: plain.output } : 'leftOut';
}
