// Writes what is generated and checked in: `npm run texts`, `npm run settings`, `npm run icon`.
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { sourceFiles } from '../contract/sourceFiles';
import { inRepo } from '../support/folders';
import { drawIcon } from '../support/package';
import { restrictedSettings, settingProperties, withSettings } from '../support/settingsDocs';
import { hostTexts, l10nFile, languages, readL10n, saidMark } from '../support/texts';

/**
 * Brings l10n/ up to date with the source: `bundle.l10n.json` gets every text of the extension host, the
 * other languages lose what is no longer used, and what they lack is printed.
 */
function generateTexts(): void {
  const said = Object.keys(readL10n()).filter((key) => key.endsWith(saidMark));
  const texts = sourceFiles().flatMap((source) => hostTexts(source).texts);
  const keys = [...[...new Set(texts)].sort(), ...said];
  const english = (key: string): string => key.replace(new RegExp(`${saidMark}$`, 'u'), '');
  writeL10n(undefined, new Map(keys.map((key) => [key, english(key)])));
  for (const language of languages) {
    const before = readL10n(language);
    const translated = new Map<string, string>();
    for (const key of keys) {
      const translation = before[key];
      if (translation !== undefined) translated.set(key, translation);
      else process.stdout.write(`${language} lacks ${JSON.stringify(key)}\n`);
    }
    writeL10n(language, translated);
    if (translated.size < keys.length) process.exitCode = 1;
  }
}

function writeL10n(language: string | undefined, texts: ReadonlyMap<string, string>): void {
  const json = JSON.stringify(Object.fromEntries(texts), null, 2);
  writeFileSync(l10nFile(language), `${json}\n`);
}

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: readonly string[] } };
  contributes: { configuration: { properties: Readonly<Record<string, object>> } };
}

/** Writes the settings' descriptors into package.json, and from there into docs/settings.md. */
async function generateSettings(): Promise<void> {
  const file = inRepo('package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = restrictedSettings();
  manifest.contributes.configuration.properties = settingProperties();
  await writeFormatted(file, JSON.stringify(manifest, undefined, 2));
  const page = inRepo('docs', 'settings.md');
  await writeFormatted(page, withSettings(readFileSync(page, 'utf8')));
}

async function writeFormatted(file: string, text: string): Promise<void> {
  const options = await resolveConfig(file);
  writeFileSync(file, await format(text, { ...options, filepath: file }));
}

/** The gallery's icon. */
async function generateIcon(): Promise<void> {
  writeFileSync(inRepo('media', 'icon.png'), await drawIcon());
}

const [what] = process.argv.slice(2);
if (what === 'texts') generateTexts();
else if (what === 'settings') await generateSettings();
else if (what === 'icon') await generateIcon();
else throw new Error('What is generated: texts, settings, icon.');
