import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatLine, parseLog, createRecord } from '../../../src/storage/logRecord';
import { end, say, text } from './storeFixture';

const lineFor = (
  n: number,
  event = say(`u${n}`, null, `q "${n}" \u{1F600}\n{"v":1,"id":"`),
): Buffer => Buffer.from(formatLine(createRecord(event, { id: `id${n}`, w: 'window', n, t: n })));
const idsIn = (bytes: Buffer): string[] => parseLog(bytes).records.map(({ id }) => id);

describe('reading a log that is damaged', function () {
  this.timeout(30_000);
  const before = Buffer.concat([lineFor(1), lineFor(2, text('a1', 0, 'ü'))]);
  const last = lineFor(3, end('a1'));
  const next = lineFor(4);

  it(`finds every other record when the last line is torn at any of its bytes`, () => {
    for (let cut = 0; cut < last.length - 1; cut++) {
      const torn = Buffer.concat([before, last.subarray(0, cut)]);
      assert.deepEqual(idsIn(torn), ['u1', 'id2']);
      assert.equal(parseLog(torn).damaged.length, cut === 0 ? 0 : 1);
      // Written again on a new line, or (edited by hand) appended to the torn end.
      const newline = Buffer.from('\n');
      assert.deepEqual(idsIn(Buffer.concat([torn, newline, last, next])), [
        'u1',
        'id2',
        'id3',
        'u4',
      ]);
      assert.deepEqual(idsIn(Buffer.concat([torn, next])), ['u1', 'id2', 'u4']);
    }
  });

  it('needs no newline after a record that is whole', () => {
    const { records, damaged } = parseLog(Buffer.concat([before, last.subarray(0, -1)]));
    assert.deepEqual([records.length, damaged.length], [3, 0]);
  });

  it('loses only the lines that were struck, whatever struck them', () => {
    const lines = [1, 2, 3, 4, 5].map((n) => lineFor(n));
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.nat(10_000),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        (line, at, noise) => {
          const struck = lines.map((bytes, index) => {
            if (index !== line) return bytes;
            const start = at % (bytes.length - 1);
            const end = Math.min(start + noise.length, bytes.length - 1);
            const changed = Buffer.from(bytes);
            changed.set(noise.subarray(0, end - start), start);
            return changed;
          });
          const ids = idsIn(Buffer.concat(struck));
          for (const n of [1, 2, 3, 4, 5]) {
            if (n !== line + 1) assert.ok(ids.includes(`u${n}`));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('does not take bytes that are not UTF-8 for text', () => {
    const bytes = lineFor(1, say('u1', null, 'abcdef'));
    bytes[bytes.indexOf('cd')] = 0xff;
    assert.deepEqual(parseLog(bytes).records, []);
  });

  it('leaves records of a newer version, and of unknown kinds, as unreadable', () => {
    const record = JSON.parse(lineFor(1).toString()) as Record<string, unknown>;
    const newer = Buffer.from(`${JSON.stringify({ ...record, v: 2 })}\n`);
    const unknown = Buffer.from(`${JSON.stringify({ ...record, id: 'u9', k: 'pinned' })}\n`);
    const { records, damaged } = parseLog(Buffer.concat([newer, unknown, lineFor(2)]));
    assert.deepEqual([records.map(({ id }) => id), damaged.length], [['u2'], 2]);
  });
});
