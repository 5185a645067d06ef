import assert from 'node:assert/strict';
import { readText } from './manifest';
import { deadLinks, section, testLinks, titlesOf } from './testLinks';

/** What Cria promises, in the words of the README. */
const promises = [
  'A sent message is never lost.',
  'A crash costs at most one second of text.',
  'Stop closes the connection, and nothing is added later.',
  'Loading and answering have no time limit; silence is shown.',
  'An answer that was cut off is always marked.',
  'Nothing goes anywhere but to the configured endpoint.',
  'A workspace cannot change the endpoint, nor choose a cloud model unasked.',
  'Credentials never reach the page, the log or the stored state.',
  'What is deleted is gone.',
  'Model output cannot run a command, load a resource or execute a terminal line.',
  'It works offline, signed out and in Restricted Mode.',
] as const;

const rowsOf = (table: string): readonly (readonly string[])[] =>
  table
    .split('\n')
    .filter((line) => /^\|(?! *-)/u.test(line))
    .slice(1)
    .map((line) => line.split('|').map((cell) => cell.trim()));

describe('what is promised', () => {
  it('is in the README, each promise with tests', () => {
    const rows = rowsOf(section(readText('README.md'), 'Promises'));
    assert.deepEqual(
      rows.map(([, promise]) => promise),
      promises,
    );
    for (const [, promise, proof = ''] of rows) assert.ok(testLinks(proof).length > 0, promise);
  });

  it('is stopped, each threat by something with tests', () => {
    const rows = rowsOf(section(readText('SECURITY.md'), 'What could be tried'));
    assert.ok(rows.length >= 20);
    for (const [, who, attempt, stopped, proof = ''] of rows) {
      assert.ok(who && attempt && stopped, `${who}: ${attempt}`);
      assert.ok(testLinks(proof).length > 0, attempt);
    }
  });

  for (const document of ['README.md', 'SECURITY.md']) {
    it(`is proved in ${document} by tests that exist`, () => {
      assert.deepEqual(deadLinks(readText(document)), []);
    });
  }

  it('would not be proved by a test that does not exist', () => {
    const here = 'test/contract/promises.test.ts';
    const links = `[no such test](${here}) [what is promised](${here}) [x](test/none.test.ts)`;
    assert.deepEqual(
      deadLinks(links).map(({ title }) => title),
      ['no such test', 'x'],
    );
    assert.ok(titlesOf('test/unit/workspace/store/tidy.test.ts').size > 5);
  });
});
