// Brings l10n/ up to date with the source: `bundle.l10n.json` gets every text of the extension host, the
// other languages lose what is no longer used, and what they lack is named.
//   npm run texts
import { writeFileSync } from 'node:fs';
import { sourceFiles } from '../contract/sourceFiles';
import { hostTexts } from '../support/hostTexts';
import { languages, l10nFile, readL10n, saidMark } from '../support/l10nBundles';

type Entry = readonly [key: string, text: string];

function write(entries: readonly Entry[], language?: string): void {
  const json = JSON.stringify(Object.fromEntries(entries), null, 2);
  writeFileSync(l10nFile(language), `${json}\n`);
}

const said = Object.keys(readL10n()).filter((key) => key.endsWith(saidMark));
const texts = sourceFiles().flatMap((source) => hostTexts(source).texts);
const keys = [...[...new Set(texts)].sort(), ...said];
write(keys.map((key) => [key, key.endsWith(saidMark) ? key.slice(0, -saidMark.length) : key]));

for (const language of languages) {
  const had = readL10n(language);
  const has: Entry[] = [];
  for (const key of keys) {
    const translation = had[key];
    if (translation !== undefined) has.push([key, translation]);
    else process.stdout.write(`${language} lacks ${JSON.stringify(key)}\n`);
  }
  write(has, language);
  if (has.length < keys.length) process.exitCode = 1;
}
