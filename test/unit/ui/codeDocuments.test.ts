import assert from 'node:assert/strict';
import { hasCode } from '../../../src/ui/codeDocuments';

type CodeDocument = Parameters<typeof hasCode>[0];

/** A document of which only the lines that are read exist. */
function documentOf(lines: readonly string[], scheme = 'file'): CodeDocument & { read: number } {
  const document = {
    uri: { scheme } as CodeDocument['uri'],
    lineCount: lines.length,
    read: 0,
    lineAt(line: number) {
      document.read += 1;
      const isEmptyOrWhitespace = lines[line]?.trim() === '';
      return { isEmptyOrWhitespace } as ReturnType<CodeDocument['lineAt']>;
    },
  };
  return document as CodeDocument & { read: number };
}

describe('hasCode', () => {
  it('is true for a document with any text', () => {
    assert.ok(hasCode(documentOf(['', '  ', 'let a;'])));
    assert.ok(!hasCode(documentOf(['', '  '])));
  });

  it('is false for outputs, input boxes and previews', () => {
    for (const scheme of ['output', 'comment', 'cria-change', 'chatSessionInput']) {
      assert.ok(!hasCode(documentOf(['let a;'], scheme)), scheme);
    }
  });

  it('does not copy a large document at each move of the caret', () => {
    const large = documentOf(['first', ...Array.from({ length: 100_000 }, () => 'more')]);
    assert.ok(hasCode(large));
    assert.equal(large.read, 1);
  });
});
