import { readFileSync } from 'node:fs';
import { inRepo } from '../paths';

interface Setting {
  readonly order: number;
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly scope: string;
  readonly markdownDescription: string;
}

const begin = '<!-- settings: written by `npm run docs` from package.json -->';
const end = '<!-- end of settings -->';

/** Longer ones are not repeated in the table. */
const LONGEST_DEFAULT = 30;

const readJson = (name: string): unknown => JSON.parse(readFileSync(inRepo(name), 'utf8'));

/** The settings of the manifest as rows of a table, in the order of VS Code's settings editor. */
export function settingRows(): readonly string[] {
  const { contributes } = readJson('package.json') as {
    contributes: { configuration: { properties: Record<string, Setting> } };
  };
  const texts = readJson('package.nls.json') as Record<string, string>;
  return Object.entries(contributes.configuration.properties)
    .sort(([, one], [, other]) => one.order - other.order)
    .map(([name, setting]) => rowOf(name, setting, texts));
}

function rowOf(name: string, setting: Setting, texts: Readonly<Record<string, string>>): string {
  const description = texts[setting.markdownDescription.slice(1, -1)] ?? '';
  const values = setting.enum?.map((value) => `\`${value}\``).join(', ');
  const words = [description, ...(values === undefined ? [] : [`One of ${values}.`])].join(' ');
  const cell = words.replaceAll(/`#([^#]+)#`/gu, '`$1`').replaceAll('|', '\\|');
  return `| \`${name}\` | ${defaultOf(setting.default)} | ${cell} |`;
}

function defaultOf(value: unknown): string {
  if (value === '') return 'empty';
  const text = JSON.stringify(value);
  return text.length > LONGEST_DEFAULT ? 'see the setting' : `\`${text}\``;
}

/** The README with the table of the settings as they are now; not formatted. */
export function withSettings(readme: string): string {
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('README.md has no settings.');
  const heading = '| Setting | Default | What it does |\n| --- | --- | --- |';
  return `${before}${begin}\n\n${heading}\n${settingRows().join('\n')}\n\n${end}${after}`;
}
