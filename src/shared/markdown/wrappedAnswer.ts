import { toCommonMark } from '../text';
import { FenceNesting, parseFenceLine } from './fences';

/** Text in a plain fence is Markdown if it has headings below the first level, or bold words and a list. */
const headings = /^#{2,6} \S/mu;
const bold = /\*\*[^*\n]+\*\*/u;
const list = /^(?:[-*]|\d+\.) \S/mu;

/**
 * The Markdown of an answer that is nothing but one `markdown` fence, as small models wrap their answers;
 * undefined for every other answer. A fence that names a file, such as `markdown README.md`, stays a block.
 */
export function findWrappedAnswer(answer: string): string | undefined {
  if (!/^\s*(?:`{3}|~{3})/u.test(answer)) return undefined;
  const lines = toCommonMark(answer).trim().split('\n');
  const opened = parseFenceLine(lines[0] ?? '');
  if (!opened) return undefined;
  const fence = new FenceNesting(opened);
  const end = lines.findIndex(
    (line, index) => index > 0 && fence.take(line.trimStart(), lines[index + 1]),
  );
  if (end !== lines.length - 1) return undefined;
  const text = lines.slice(1, -1).join('\n');
  return isMarkdown(opened.info, text) ? text : undefined;
}

function isMarkdown(info: string, text: string): boolean {
  if (info !== '') return /^(?:markdown|md)$/iu.test(info);
  return headings.test(text) || (bold.test(text) && list.test(text));
}

/** Whether a message asks for a Markdown file: then the fence around it belongs to the answer. */
export function asksForMarkdown(question: string): boolean {
  return /\b(?:readme|changelog|markdown)\b|\.mdx?\b/iu.test(question.slice(0, 10_000));
}
