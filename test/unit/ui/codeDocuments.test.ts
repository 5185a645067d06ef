import assert from 'node:assert/strict';
import { hasCode, type ReadableDocument } from '../../../src/ui/codeDocuments';

/** A document that counts the lines that are read of it. */
class FakeDocument implements ReadableDocument {
  readonly uri: { readonly scheme: string };
  readonly #lines: readonly string[];
  linesRead = 0;

  constructor(lines: readonly string[], scheme = 'file') {
    this.#lines = lines;
    this.uri = { scheme };
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  lineAt(line: number): { readonly isEmptyOrWhitespace: boolean } {
    this.linesRead += 1;
    return { isEmptyOrWhitespace: this.#lines[line]?.trim() === '' };
  }
}

describe('hasCode', () => {
  it('is true for a document with any text', () => {
    assert.ok(hasCode(new FakeDocument(['', '  ', 'let a;'])));
    assert.ok(!hasCode(new FakeDocument(['', '  '])));
  });

  it('is false for outputs, input boxes and previews', () => {
    for (const scheme of ['output', 'comment', 'cria-change', 'chatSessionInput']) {
      assert.ok(!hasCode(new FakeDocument(['let a;'], scheme)), scheme);
    }
  });

  it('does not copy a large document at each move of the caret', () => {
    const large = new FakeDocument(['first', ...Array.from({ length: 100_000 }, () => 'more')]);
    assert.ok(hasCode(large));
    assert.equal(large.linesRead, 1);
  });
});
