import assert from 'node:assert/strict';
import { ServerError } from '../../../src/http/serverError';
import { LineScanner } from '../../../src/http/lineScanner';
import { bodyBytes, loadRecording, recordingNames } from '../../support/ollamaServer/scripts';

function scan(
  pieces: readonly (string | Buffer)[],
  maxBytes = 1000,
): { lines: string[]; rest: string } {
  const lines: string[] = [];
  const scanner = new LineScanner(maxBytes, (line) => lines.push(line));
  for (const piece of pieces) scanner.push(Buffer.from(piece));
  return { lines, rest: scanner.end() };
}

describe('LineScanner', function () {
  // A net: every byte of the longest recording takes seconds.
  this.timeout(60_000);

  it('joins the pieces of a line and keeps what has no newline', () => {
    assert.deepEqual(scan(['{"a', '":1}\n{"b":', '2}\n{"c"']), {
      lines: ['{"a":1}', '{"b":2}'],
      rest: '{"c"',
    });
  });

  it('passes over blank lines, carriage returns and a byte order mark', () => {
    const { lines, rest } = scan(['\uFEFF{"a":1}\r\n', '\r\n', '\n  \n', '{"b":2}\r\n']);
    assert.deepEqual(
      lines.map((line) => line.trim()),
      ['{"a":1}', '{"b":2}'],
    );
    assert.equal(rest, '');
  });

  it('takes a byte order mark only at the start', () => {
    assert.deepEqual(scan(['1\n\uFEFF2\n']).lines, ['1', '\uFEFF2']);
  });

  it('never tears a character', () => {
    const bytes = Buffer.from('"👩‍💻 東京 é"\n');
    for (let size = 1; size <= bytes.length; size++) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      assert.deepEqual(scan(pieces).lines, ['"👩‍💻 東京 é"'], `in pieces of ${size}`);
    }
  });

  it('refuses a line that is too long, whole or still growing, and shows its start', () => {
    for (const pieces of [['x'.repeat(11) + '\n'], ['xxxxxx', 'xxxxxx'], ['xxxxx', 'xxxxxx\n']]) {
      assert.throws(
        () => scan(pieces, 10),
        (error: unknown) =>
          error instanceof ServerError &&
          error.kind === 'protocol' &&
          error.excerpt?.startsWith('xxxxx') === true,
      );
    }
    assert.deepEqual(scan(['x'.repeat(10) + '\n'], 10).lines, ['x'.repeat(10)]);
  });

  describe('N4 and N5 every recording, ended and cut in two at every byte', () => {
    for (const name of recordingNames()) {
      it(`N4 and N5 at every byte, ${name}`, () => {
        const bytes = bodyBytes(loadRecording(name));
        const whole = scan([bytes], bytes.length);
        const ends = whole.lines.map((_, index) => endOfLine(bytes, index));
        let next = 0;
        let wrong = 0;
        let ended = 0;
        const onLine = (line: string) => {
          if (line !== whole.lines[next]) wrong++;
          next++;
        };
        for (let cut = 0; cut <= bytes.length; cut++) {
          next = 0;
          const scanner = new LineScanner(bytes.length, onLine);
          scanner.push(bytes.subarray(0, cut));
          if ((ends[ended] ?? Infinity) <= cut) ended++;
          assert.deepEqual([wrong, next], [0, ended], `ended at byte ${cut}`);
          scanner.push(bytes.subarray(cut));
          assert.equal(scanner.end(), whole.rest, `rest, cut at byte ${cut}`);
          assert.deepEqual([wrong, next], [0, whole.lines.length], `cut at byte ${cut}`);
        }
      });
    }
  });
});

/** Where the newline of line `index` ends. Recordings have no blank lines. */
function endOfLine(bytes: Buffer, index: number): number {
  let end = 0;
  for (let line = 0; line <= index; line++) end = bytes.indexOf(10, end) + 1;
  return end;
}
