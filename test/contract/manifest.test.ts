import assert from 'node:assert/strict';
import * as v from 'valibot';
import { settingDescriptors, settingKeys as keys } from '../../src/settings/settingDescriptors';
import { costsMore } from '../../src/settings/settingScope';
import { commandIds } from '../../src/ui/commandIds';
import { restrictedSettings, settingProperties } from '../support/settingsDocs';
import { manifest, readText } from './manifest';
import { sourceFiles } from './sourceFiles';

const { contributes } = manifest;
const settings = contributes.configuration.properties;
const code = sourceFiles()
  .map(({ text }) => text)
  .join('\n');

/**
 * Whose value of each setting counts: the person's own (user settings), the folder's in a trusted and in
 * an untrusted workspace (`.vscode/settings.json`, `.code-workspace`), and the machine's (a remote's
 * settings, which a devcontainer.json writes). `asks`: used once the person has agreed, where it takes
 * more memory.
 */
const whoseCounts = `
                    user  folder, trusted  folder, untrusted  remote or devcontainer
endpoint            yes   no               no                 no
server              yes   no               no                 no
model               yes   yes              no                 yes
explain.model       yes   yes              no                 yes
contextLength       yes   asks             no                 asks
keepAlive           yes   asks             no                 asks
temperature         yes   yes              no                 yes
thinking            yes   yes              no                 yes
options             yes   yes              no                 yes
models              yes   no               no                 no
systemPrompt        yes   yes              no                 yes
answerLanguage      yes   yes              no                 yes
prompts             yes   yes              no                 yes
explain.showIn      yes   yes              yes                yes
explain.followUps   yes   yes              no                 yes
sendKey             yes   yes              yes                yes
codeActions.enabled yes   yes              yes                yes
statusBar.visible   yes   yes              yes                yes
`;

describe('manifest', () => {
  it('declares exactly the commands that the app handles', () => {
    const declared = contributes.commands.map(({ command }) => command);
    assert.deepEqual([...declared].sort(), [...commandIds].sort());
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
    const submenus = contributes.submenus.map(({ id }) => id);
    for (const { command, submenu } of entries) {
      const isKnown =
        submenu === undefined ? known.includes(command ?? '') : submenus.includes(submenu);
      assert.ok(isKnown, command ?? submenu);
    }
  });

  it('offers in the palette what a thread offers, for the one at the caret', () => {
    const when = new Map(
      (contributes.menus['commandPalette'] ?? []).map((entry) => [entry.command, entry.when]),
    );
    const inThreads = Object.entries(contributes.menus)
      .filter(([menu]) => menu.startsWith('comments/'))
      .flatMap(([, entries]) => entries.map(({ command }) => command));
    for (const command of inThreads) {
      assert.equal(when.get(command), 'cria.hasExplanations', command);
    }
    assert.ok(inThreads.length >= 8);
  });

  it('offers to explain, ask and attach in its submenus', () => {
    const wanted: readonly (readonly [menu: string, command: string])[] = [
      ['cria.editor', 'cria.explainSelection'],
      ['cria.editor', 'cria.askAboutSelection'],
      ['cria.editor', 'cria.attachSelection'],
      ['cria.editor', 'cria.attachFile'],
      ['cria.editor', 'cria.attachProblems'],
      ['cria.file', 'cria.askAboutFile'],
      ['cria.file', 'cria.attachFile'],
    ];
    for (const [menu, command] of wanted) {
      const entry = contributes.menus[menu]?.find((each) => each.command === command);
      assert.ok(entry, `${command} in ${menu}`);
    }
  });

  it('adds one submenu with its name to the menus of editors, their tabs and the explorer', () => {
    const places: readonly (readonly [menu: string, submenu: string])[] = [
      ['editor/context', 'cria.editor'],
      ['editor/title/context', 'cria.file'],
      ['explorer/context', 'cria.file'],
    ];
    for (const [menu, submenu] of places) {
      const entries = contributes.menus[menu] ?? [];
      assert.deepEqual(
        entries.map((entry) => entry.submenu),
        [submenu],
        menu,
      );
      assert.ok(entries[0]?.when, menu);
    }
    const names = contributes.submenus.map(({ label }) => label);
    assert.deepEqual([...new Set(names)], ['Cria']);
  });

  it('uses only context keys, views and controllers that the code sets', () => {
    const clauses = [...Object.values(contributes.menus).flat(), ...contributes.keybindings]
      .map(({ when }) => when ?? '')
      .join(' ');
    const ours = new Set(clauses.match(/\bcria\.\w+/gu));
    for (const key of ours) assert.ok(code.includes(`'${key}'`), `${key} is not in the code`);
    assert.ok(ours.size >= 3);
  });

  it('declares the settings as their descriptors say; `npm run settings` writes them', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.deepEqual(settings, JSON.parse(JSON.stringify(settingProperties())));
    assert.deepEqual(restrictedConfigurations, restrictedSettings());
  });

  it('has defaults and number ranges that the schemas accept', () => {
    for (const key of keys) {
      const { schema, manifest: declared } = settingDescriptors[key];
      assert.ok(v.is(schema, declared.default), key);
      const { minimum, maximum } = settings[`cria.${key}`] ?? {};
      if (minimum === undefined || maximum === undefined) continue;
      assert.ok(v.is(schema, minimum) && v.is(schema, maximum), key);
      assert.ok(!v.is(schema, minimum - 1) && !v.is(schema, maximum + 1), key);
    }
  });

  it('counts values by where they were set as this table says', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    const rows = keys.map((key) => {
      // VS Code reads settings of application scope from nowhere but the person's own settings.
      const isOwn = settings[`cria.${key}`]?.scope === 'application';
      const agreed = costsMore(key, 1e6, 1) ? 'asks' : 'yes';
      const folder = isOwn ? 'no' : agreed;
      const untrusted = isOwn || restricted.includes(`cria.${key}`) ? 'no' : folder;
      const cells = [key.padEnd(19), 'yes  ', folder.padEnd(16), untrusted.padEnd(18)];
      return [...cells, folder].join(' ');
    });
    const [, ...expected] = whoseCounts.trimEnd().split('\n').slice(1);
    assert.deepEqual(rows, expected);
  });

  it('has each text of the manifest once, and no text that is not used', () => {
    const texts = JSON.parse(readText('package.nls.json')) as Readonly<Record<string, string>>;
    const used = new Set(readText('package.json').match(/(?<="%)[^%"]+(?=%")/gu));
    assert.deepEqual(Object.keys(texts).sort(), [...used].sort());
    for (const text of Object.values(texts)) assert.notEqual(text.trim(), '');
  });

  it('uses the type definitions of the oldest supported VS Code', () => {
    assert.equal(`^${manifest.devDependencies['@types/vscode'] ?? ''}`, manifest.engines.vscode);
  });
});
