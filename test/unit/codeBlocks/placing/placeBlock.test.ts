import assert from 'node:assert/strict';
import { placeBlock, type Placing } from '../../../../src/codeBlocks/placing/placeBlock';
import { type PlacingSample, placingSamples } from './placingSamples';

interface Pair {
  readonly kind: string;
  readonly block: string;
  readonly language?: string;
  readonly file?: string;
  /** The file afterwards; undefined if the block must be refused. */
  readonly after: string | undefined;
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

function pairsOf(sample: PlacingSample): readonly Pair[] {
  const { comment, head, first, firstAfter, second, secondAfter, added, open, close } = sample;
  const { member, memberAfter, other, memberAdded, part, partAfter, elided, usage } = sample;
  const type = (...members: readonly string[]): string => join(open, members.join('\n\n'), close);
  const cart = type(other, member);
  const build = (a: string, b: string, c: string, top = head): string =>
    `${[top, a, b, c].join('\n\n')}\n`;
  const file = build(first, cart, second);
  const mark = `${comment} ... existing code ...`;
  const inner = `    ${mark}`;
  const lines = second.split('\n');
  const closingAt = lines.findLastIndex((line) => !/^\s*(?:\}|end)/u.test(line)) + 1;
  const partLines = part.split('\n');
  const partAt = file.split('\n').indexOf(partLines[0] ?? '') + 1;
  const drifted = `+++ b/${sample.path}`;
  const hunk = [
    ` ${partLines[0] ?? ''}`,
    `-${partLines[1] ?? ''}`,
    `+${partAfter.split('\n')[1] ?? ''}`,
    ` ${partLines[2] ?? ''}`,
  ];
  const afterPart = file.replace(part, () => partAfter);
  const merged = build(first, type(other, memberAfter), second);
  return [
    { kind: 'one declaration', block: firstAfter, after: build(firstAfter, cart, second) },
    { kind: 'the last declaration', block: secondAfter, after: build(first, cart, secondAfter) },
    {
      kind: 'two declarations',
      block: `${firstAfter}\n\n${secondAfter}`,
      after: build(firstAfter, cart, secondAfter),
    },
    {
      kind: 'between marks',
      block: `${mark}\n${secondAfter}\n${mark}`,
      after: build(first, cart, secondAfter),
    },
    {
      kind: 'below a mark',
      block: `${comment} ... rest of the code\n\n${secondAfter}`,
      after: build(first, cart, secondAfter),
    },
    {
      kind: 'above a mark without dots',
      block: `${firstAfter}\n\n${comment} rest of the file remains the same`,
      after: build(firstAfter, cart, second),
    },
    {
      kind: 'new below its neighbor',
      block: `${firstAfter}\n\n${added}`,
      after: build(`${firstAfter}\n\n${added}`, cart, second),
    },
    {
      kind: 'new above its neighbor',
      block: `${added}\n\n${secondAfter}`,
      after: build(first, cart, `${added}\n\n${secondAfter}`),
    },
    {
      kind: 'new at the end, below a mark',
      block: `${mark}\n\n${added}`,
      after: build(first, cart, `${second}\n\n${added}`),
    },
    {
      kind: 'a type with marks and one member',
      block: join(open, inner, memberAfter, inner, close),
      after: merged,
    },
    { kind: 'a type with one member and no marks', block: type(memberAfter), after: merged },
    {
      kind: 'a member alone, without indentation',
      block: dedent(memberAfter),
      after: sample.path.endsWith('.go') ? undefined : merged,
    },
    {
      kind: 'a new member below a mark',
      block: join(open, inner, '', memberAdded, close),
      after: build(first, appended(sample, cart), second),
    },
    {
      kind: 'an import that is new, with a declaration',
      block: `${sample.import}\n\n${firstAfter}`,
      after: build(firstAfter, cart, second, `${head}\n${sample.import}`),
    },
    {
      kind: 'the whole file',
      block: build(firstAfter, type(other, memberAfter, memberAdded), secondAfter),
      after: build(firstAfter, type(other, memberAfter, memberAdded), secondAfter),
    },
    { kind: 'statements by their first and last line', block: dedent(partAfter), after: afterPart },
    {
      kind: 'marks within a function',
      block: join(
        ...lines.slice(0, lines.indexOf(partLines[0] ?? '')),
        inner,
        partAfter,
        inner,
        ...lines.slice(closingAt),
      ),
      after: afterPart,
    },
    {
      kind: 'a patch',
      language: 'diff',
      block: [`--- a/${sample.path}`, drifted, `@@ -${partAt},3 +${partAt},3 @@`, ...hunk].join(
        '\n',
      ),
      after: afterPart,
    },
    {
      kind: 'a patch without a header',
      language: 'diff',
      block: hunk.join('\n'),
      after: afterPart,
    },
    {
      kind: 'a patch with wrong numbers',
      language: 'diff',
      block: ['@@ -1,20 +1,99 @@', ...hunk].join('\n'),
      after: afterPart,
    },
    {
      kind: 'a patch with a line of context that differs',
      language: 'diff',
      block: [`@@ -${partAt} +${partAt} @@`, ' something else', ...hunk.slice(1)].join('\n'),
      after: afterPart,
    },
    {
      kind: 'Windows line ends',
      file: crlf(file),
      block: firstAfter,
      after: crlf(build(firstAfter, cart, second)),
    },
    { kind: 'unchanged', block: first, after: file },
    { kind: 'refused: with a use below', block: `${firstAfter}\n\n${usage}`, after: undefined },
    { kind: 'refused: nothing that the file has', block: added, after: undefined },
    { kind: 'refused: only a use', block: usage, after: undefined },
    {
      kind: 'refused: a body that is left out',
      block: elided,
      after: sample.elided.includes('\n') ? file : undefined,
    },
    {
      kind: 'refused: a new member, and one that is missing',
      block: type(memberAfter, memberAdded),
      after: undefined,
    },
    {
      kind: 'refused: new between two marks',
      block: `${mark}\n${added}\n${mark}`,
      after: undefined,
    },
    {
      kind: 'refused: a patch of other code',
      language: 'diff',
      block: ' something else\n-nothing like it\n+what comes in its place',
      after: undefined,
    },
    { kind: 'refused: brackets that do not match', block: `${firstAfter}\n}) {`, after: undefined },
  ];
}

/** The member comes last in the type, set off as the others are. */
function appended({ member, memberAdded }: PlacingSample, cart: string): string {
  const gap = member.includes('\n') ? '\n\n' : '\n';
  return cart.replace(member, () => `${member}${gap}${memberAdded}`);
}

function dedent(code: string): string {
  const margin = /^[ \t]*/u.exec(code)?.[0] ?? '';
  return code.replaceAll(new RegExp(`^${margin}`, 'gmu'), '');
}

function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

function resultOf(placing: Placing, file: string): string | undefined {
  if (placing.kind === 'unplaced') return undefined;
  return placing.kind === 'unchanged' ? file : placing.text;
}

describe('placing a block of an answer in a file (case 32)', () => {
  for (const sample of placingSamples) {
    const { path, head, first, second, open, other, member, close } = sample;
    const cart = join(open, `${other}\n\n${member}`, close);
    const whole = `${[head, first, cart, second].join('\n\n')}\n`;
    for (const { kind, block, language = '', file = whole, after } of pairsOf(sample)) {
      it(`${path}: ${kind}`, () => {
        const placing = placeBlock({ path, file, block, language, symbols: [] });
        assert.equal(resultOf(placing, file), after);
      });
    }
  }
});
