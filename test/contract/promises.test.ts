import assert from 'node:assert/strict';
import { readText } from './manifest';
import { deadLinks, section, testLinks } from './testLinks';

/** What Cria promises, in the words of SECURITY.md. */
const promises = [
  'A sent message is never lost.',
  'A crash costs at most one second of text.',
  'Stop closes the connection, and nothing is added later.',
  'Loading and answering have no time limit; silence is shown.',
  'An answer that was cut off is always marked.',
  'Nothing goes anywhere but to the configured server.',
  'A workspace cannot change the server, nor choose a cloud model unasked.',
  'Credentials never reach the page, the log, or the stored state.',
  'What is deleted is gone.',
  'Model output cannot run a command, load a resource, or execute a terminal line.',
  'Cria works offline, signed out, and in Restricted Mode.',
] as const;

const rowsOf = (table: string): readonly (readonly string[])[] =>
  table
    .split('\n')
    .filter((line) => /^\|(?! *-)/u.test(line))
    .slice(1)
    .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the promises', () => {
  const security = readText('SECURITY.md');

  it('are in SECURITY.md, each with tests', () => {
    const rows = rowsOf(section(security, 'Promises'));
    assert.deepEqual(
      rows.map(([, promise]) => promise),
      promises,
    );
    for (const [, promise, proof = ''] of rows) assert.ok(testLinks(proof).length > 0, promise);
  });

  it('are followed by attacks, each with a test of the defense', () => {
    const attacks = section(security, 'Attacks')
      .split(/\n(?=- )/u)
      .slice(1);
    assert.ok(attacks.length >= 12);
    for (const attack of attacks) assert.ok(testLinks(attack).length > 0, attack);
  });

  it('link only to tests that exist', () => {
    assert.deepEqual(deadLinks(security), []);
  });

  it('would not be proved by a test that does not exist', () => {
    const here = 'test/contract/promises.test.ts';
    const links = `[no such test](${here}) [the promises](${here}) [x](test/none.test.ts)`;
    assert.deepEqual(
      deadLinks(links).map(({ title }) => title),
      ['no such test', 'x'],
    );
  });
});
