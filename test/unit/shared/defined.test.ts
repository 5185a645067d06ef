import assert from 'node:assert/strict';
import { defined } from '../../../src/shared/defined';

interface Options {
  readonly name: string;
  readonly kind?: 'a' | 'b';
  readonly size?: number;
}

describe('defined', () => {
  it('drops undefined fields and keeps every other value', () => {
    const size: number | undefined = undefined;
    const options: Options = defined({ name: '', kind: 'a', size });
    assert.deepEqual(Object.entries(options), [
      ['name', ''],
      ['kind', 'a'],
    ]);
    assert.deepEqual(defined({ zero: 0, no: false, nothing: null }), {
      zero: 0,
      no: false,
      nothing: null,
    });
  });
});
