import assert from 'node:assert/strict';
import { pathInside, type UriParts } from '../../../src/files/pathRules';

const at = (path: string, scheme = 'file', authority = ''): UriParts => ({
  scheme,
  authority,
  path,
});
const posix = at('/home/me/shop');
const windows = at('/c:/code/shop');
const share = at('/shop', 'file', 'server');
const remote = at('/home/me/shop', 'vscode-remote', 'ssh-remote+box');

type Case = readonly [folder: UriParts, place: UriParts, inside: string | undefined];

/** What lies in the folder, whatever the flavour of its file system. */
const inside: readonly Case[] = [posix, windows, share, remote].flatMap((folder): Case[] => {
  const place = (path: string): UriParts => ({ ...folder, path: `${folder.path}${path}` });
  return [
    [folder, place(''), ''],
    [folder, place('/'), ''],
    [folder, place('/a.ts'), 'a.ts'],
    [folder, place('/src/a.ts'), 'src/a.ts'],
    [folder, place('/src/'), 'src'],
    [folder, place('/ä ö/日本.ts'), 'ä ö/日本.ts'],
    [folder, place('/..a/b..c'), '..a/b..c'],
    [folder, place('/.hidden'), '.hidden'],
    [folder, place('/%2e%2e/x'), '%2e%2e/x'],
  ];
});

/** What does not, or is not what it seems. */
const outside: readonly Case[] = [posix, windows, share, remote].flatMap((folder): Case[] => {
  const place = (path: string): UriParts => ({ ...folder, path });
  const below = (path: string): UriParts => place(`${folder.path}${path}`);
  return [
    [folder, place('/'), undefined],
    [folder, place(''), undefined],
    [folder, place('relative'), undefined],
    [folder, below('2/a.ts'), undefined],
    [folder, below('/../secret'), undefined],
    [folder, below('/..'), undefined],
    [folder, below('/src/../../secret'), undefined],
    [folder, below('/./a.ts'), undefined],
    [folder, below('//a.ts'), undefined],
    [folder, below('/src//a.ts'), undefined],
    [folder, below('/..\\secret'), undefined],
    [folder, below('\\..\\secret'), undefined],
    [folder, below('/a.ts\0.png'), undefined],
    [folder, below('/a\nb'), undefined],
    [folder, below('/a.ts:stream'), undefined],
    [folder, below('/a.ts::$DATA'), undefined],
    [folder, below('/c:/windows'), undefined],
    [folder, below('/.../x'), undefined],
    [folder, below('/src./a.ts'), undefined],
    [folder, below('/src /a.ts'), undefined],
    [folder, { ...below('/a.ts'), scheme: 'http' }, undefined],
    [folder, { ...below('/a.ts'), authority: 'other' }, undefined],
  ];
});

const special: readonly Case[] = [
  [windows, at('/C:/code/shop/a.ts'), 'a.ts'],
  [windows, at('/d:/code/shop/a.ts'), undefined],
  [at('/C:/code/shop'), at('/c:/code/shop/a.ts'), 'a.ts'],
  [share, at('/shop/a.ts', 'file', 'SERVER'), 'a.ts'],
  [posix, at('/home/me/SHOP/a.ts'), undefined],
  [at('/'), at('/a.ts'), 'a.ts'],
];

describe('X5 paths of what is attached', () => {
  const cases = [...inside, ...outside, ...special];

  it('are in the folder or not, on both kinds of file system', () => {
    for (const [folder, place, expected] of cases) {
      const name = `${JSON.stringify(place)} in ${folder.path}`;
      assert.equal(pathInside(folder, place), expected, name);
    }
    process.stdout.write(`      ${cases.length} paths\n`);
    assert.ok(cases.length >= 120);
  });
});
