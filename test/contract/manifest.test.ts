import assert from 'node:assert/strict';
import * as v from 'valibot';
import { commandIds } from '../../src/workspace/commandIds';
import { personOnly, settingSchemas, type SettingKey } from '../../src/workspace/settingSchemas';
import { manifest, readText } from './manifest';
import { sourceFiles } from './sourceFiles';

const { contributes } = manifest;
const settings = contributes.configuration.properties;
const keys = Object.keys(settingSchemas) as SettingKey[];
const code = sourceFiles()
  .map(({ text }) => text)
  .join('\n');

/** These only say where something is shown: no harm comes of a workspace's value. */
const onlyShown: ReadonlySet<SettingKey> = new Set(['explain.showIn', 'codeActions.enabled']);

describe('manifest', () => {
  it('declares exactly the commands that the code registers', () => {
    const declared = contributes.commands.map(({ command }) => command);
    assert.deepEqual([...declared].sort(), [...commandIds].sort());
    for (const id of commandIds) {
      const isRegistered = [`registerCommand('${id}'`, `'${id}': (`].some((form) =>
        code.includes(form),
      );
      assert.ok(isRegistered, `${id} is not registered`);
    }
  });

  it('gives every command a title and the one category', () => {
    for (const { command, title, category } of contributes.commands) {
      assert.equal(title, `%command.${command.replace('cria.', '')}%`);
      assert.equal(category, 'Cria');
    }
  });

  it('refers only to commands that exist', () => {
    const known: readonly string[] = commandIds;
    const entries = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    for (const { command } of entries) assert.ok(known.includes(command), command);
  });

  it('hides from the palette what needs the place it is called from', () => {
    const hidden = (contributes.menus['commandPalette'] ?? [])
      .filter(({ when }) => when === 'false')
      .map(({ command }) => command);
    const inThreads = Object.entries(contributes.menus)
      .filter(([menu]) => menu.startsWith('comments/'))
      .flatMap(([, entries]) => entries.map(({ command }) => command));
    for (const command of inThreads) assert.ok(hidden.includes(command), command);
  });

  it('uses only context keys, views and controllers that the code sets', () => {
    const clauses = [...Object.values(contributes.menus).flat(), ...contributes.keybindings]
      .map(({ when }) => when ?? '')
      .join(' ');
    const ours = new Set(clauses.match(/\bcria\.\w+/gu));
    for (const key of ours) assert.ok(code.includes(`'${key}'`), `${key} is not in the code`);
    assert.ok(ours.size >= 3);
  });

  it('declares exactly the settings that the code reads, with defaults that it takes', () => {
    assert.deepEqual(Object.keys(settings).sort(), keys.map((key) => `cria.${key}`).sort());
    for (const key of keys) {
      const declared = settings[`cria.${key}`];
      assert.ok(v.is(settingSchemas[key], declared?.default), key);
      assert.equal(declared.markdownDescription, `%config.${key}%`);
    }
  });

  it('draws the same limits for numbers as the code does', () => {
    for (const key of keys) {
      const { minimum, maximum } = settings[`cria.${key}`] ?? {};
      if (minimum === undefined || maximum === undefined) continue;
      const schema = settingSchemas[key];
      assert.ok(v.is(schema, minimum) && v.is(schema, maximum), key);
      assert.ok(!v.is(schema, minimum - 1) && !v.is(schema, maximum + 1), key);
    }
  });

  it('lets no workspace say where bytes go, and no untrusted one say what costs or steers', () => {
    for (const key of keys) {
      const { scope, ignoreSync } = settings[`cria.${key}`] ?? {};
      const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
      if (personOnly.has(key)) assert.deepEqual([scope, ignoreSync], ['application', true], key);
      else
        assert.deepEqual(
          [scope, restricted.includes(`cria.${key}`)],
          ['window', !onlyShown.has(key)],
        );
    }
  });

  it('has each text of the manifest once, and no text that is not used', () => {
    const texts = JSON.parse(readText('package.nls.json')) as Readonly<Record<string, string>>;
    const used = new Set(readText('package.json').match(/(?<="%)[^%"]+(?=%")/gu));
    assert.deepEqual(Object.keys(texts).sort(), [...used].sort());
    for (const text of Object.values(texts)) assert.notEqual(text.trim(), '');
  });

  it('types the floor of VS Code exactly, and ships no dependency unbundled', () => {
    assert.equal(`^${manifest.devDependencies['@types/vscode'] ?? ''}`, manifest.engines.vscode);
    assert.equal(manifest.dependencies, undefined);
  });

  it('shows every setting in the README', () => {
    const readme = readText('README.md');
    for (const key of keys) assert.ok(readme.includes(`\`cria.${key}\``), key);
  });
});
