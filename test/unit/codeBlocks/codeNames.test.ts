import assert from 'node:assert/strict';
import { indentContinuation, dedent } from '../../../src/codeBlocks/codeText';
import { findNamedFile, getNameKind, withoutNameLine } from '../../../src/shared/codeNames';

describe('the file that a code block names', () => {
  const inInfo = [
    ['ts src/cart.ts', 'src/cart.ts'],
    ['ts:src/cart.ts', 'src/cart.ts'],
    ['ts title="src/cart.ts"', 'src/cart.ts'],
    ['ts {file=src/cart.ts}', 'src/cart.ts'],
    ['filename=cart.ts', 'cart.ts'],
    ['src/cart.ts', 'src/cart.ts'],
    ['typescript src\\cart.ts', 'src/cart.ts'],
    ['tsx app/(shop)/[id]/page.tsx', 'app/(shop)/[id]/page.tsx'],
    ['ts src/My Cart.ts', 'src/My Cart.ts'],
    ['ts title="src/My Cart.ts"', 'src/My Cart.ts'],
    ['md docs/größe.md', 'docs/größe.md'],
    ['md 文档/说明.md', '文档/说明.md'],
    ['ts linenos src/cart.ts', undefined],
    ['ts', undefined],
    ['', undefined],
    ['ts {1,3-5}', undefined],
    ['c++', undefined],
    ['sh copy', undefined],
    ['ts https://example.org/cart.ts', undefined],
  ] as const;

  it(`is read from the info string, also odd paths (case 31): ${inInfo.length} cases`, () => {
    for (const [info, file] of inInfo) assert.equal(findNamedFile(info, 'code\n'), file, info);
  });

  const inLine = [
    ['// src/cart.ts', 'src/cart.ts'],
    ['# tools/run.py', 'tools/run.py'],
    ['-- schema.sql', 'schema.sql'],
    ['/* page.css */', 'page.css'],
    ['<!-- index.html -->', 'index.html'],
    ['// File: src/cart.ts', 'src/cart.ts'],
    ['// filename: "cart.ts"', 'cart.ts'],
    ['// `src/cart.ts` (new)', 'src/cart.ts'],
    ['# .env', '.env'],
    ['// bin/start', 'bin/start'],
    ['// src/My Cart.ts', 'src/My Cart.ts'],
    ['// app/(shop)/[id]/page.tsx', 'app/(shop)/[id]/page.tsx'],
    ['# 文档/说明.md', '文档/说明.md'],
    ['// `My Cart.ts`', 'My Cart.ts'],
    ['// Uses src/cart.ts', undefined],
    ['// src/a.ts and src/b.ts', undefined],
    ['#!/usr/bin/env node', undefined],
    ['// See src/cart.ts for more', undefined],
    ['// Adds.', undefined],
    ['# Heading', undefined],
    ['import x from "y.ts";', undefined],
    ['// https://example.org/a.ts', undefined],
    ['// e.g. this', undefined],
  ] as const;

  it(`is read from a comment that is the first line: ${inLine.length} cases`, () => {
    for (const [line, file] of inLine)
      assert.equal(findNamedFile('', `${line}\ncode\n`), file, line);
  });

  it('is read from the header of a patch', () => {
    const patch = '--- a/src/My Cart.ts\t2024\n+++ b/src/My Cart.ts\n@@ -1 +1 @@\n-a\n+b\n';
    assert.equal(findNamedFile('diff', patch), 'src/My Cart.ts');
    assert.equal(findNamedFile('diff', '--- /dev/null\n+++ b/new.ts\n@@\n+a\n'), 'new.ts');
    assert.equal(findNamedFile('diff', '--- a/old.ts\n+++ /dev/null\n@@\n-a\n'), 'old.ts');
  });

  it('loses the line that only names it, unless the file has that line', () => {
    const code = '// src/cart.ts\n\nexport {};\n';
    assert.equal(withoutNameLine(code, 'src/cart.ts', false), 'export {};\n');
    assert.equal(withoutNameLine(code, 'src/cart.ts', true), code);
    assert.equal(withoutNameLine(code, 'src/other.ts', false), code);
  });
});

describe('names that could be of the workspace', () => {
  const kinds = {
    path: [
      'src/cart.ts',
      'cart.ts',
      'cart.ts:12',
      'src/cart.ts:12:3',
      'a.ts#L4',
      './a/b',
      'a\\b.ts',
      'app/[id]/page.tsx',
      'app/(shop)/[id]/page.tsx:4',
      'src/My Cart.ts',
      'docs/größe.md',
      '文档/说明.md',
    ],
    symbol: ['total', 'Cart.total()', 'Cart#total', 'std::vector', '_private', '$el', 'größe'],
    none: [
      'a',
      'a b',
      'npm test',
      '../x.ts',
      '-x',
      '1 + 2',
      '<b>',
      'a*b',
      '*.ts',
      'x => y',
      '""',
      'a / b',
      '(a+b)/c',
      'f(x)',
      'x[0]',
      'and/or so on',
    ],
  };

  it('look like paths or identifiers; nothing else is asked about', () => {
    for (const each of kinds.path) assert.equal(getNameKind(each), 'path', each);
    for (const each of kinds.symbol) assert.equal(getNameKind(each), 'symbol', each);
    for (const each of kinds.none) assert.equal(getNameKind(each), undefined, each);
    assert.equal(getNameKind('x'.repeat(201)), undefined);
  });
});

describe('indentation of code that comes into an editor', () => {
  it('takes the common margin away, and puts another on all lines but the first', () => {
    assert.equal(dedent('  if (a) {\n\n    b;\n  }\n'), 'if (a) {\n\n  b;\n}');
    assert.equal(indentContinuation('\t', 'if (a) {\n\n  b;\n}'), 'if (a) {\n\n\t  b;\n\t}');
    assert.equal(dedent('a\n  b\n'), 'a\n  b');
    assert.equal(dedent('\n'), '');
  });
});
