import { readFileSync } from 'node:fs';
import { inRepo } from '../folders';

interface Setting {
  readonly order: number;
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly scope: string;
  readonly markdownDescription: string;
}

const begin = '<!-- Written by `npm run settings` -->';
const end = '<!-- End of settings -->';

/** A longer default, such as the system prompt, is not repeated in the docs. */
const LONGEST_DEFAULT = 30;

const readJson = (name: string): unknown => JSON.parse(readFileSync(inRepo(name), 'utf8'));

/** One section of Markdown for each setting, in the order of VS Code's settings editor. */
export function settingSections(): readonly string[] {
  const { contributes } = readJson('package.json') as {
    contributes: { configuration: { properties: Record<string, Setting> } };
  };
  const texts = readJson('package.nls.json') as Record<string, string>;
  return Object.entries(contributes.configuration.properties)
    .sort(([, one], [, other]) => one.order - other.order)
    .map(([name, setting]) => sectionOf(name, setting, texts));
}

function sectionOf(
  name: string,
  setting: Setting,
  texts: Readonly<Record<string, string>>,
): string {
  const description = texts[setting.markdownDescription.slice(1, -1)] ?? '';
  const values = setting.enum?.map((value) => `\`${value}\``).join(', ');
  const facts = [
    ...(values === undefined ? [] : [`Values: ${values}.`]),
    ...defaultOf(setting.default),
  ];
  const text = description.replaceAll(/`#([^#]+)#`/gu, '`$1`');
  return `## \`${name}\`\n\n${[text, ...facts].join(' ')}\n`;
}

function defaultOf(value: unknown): readonly string[] {
  const text = JSON.stringify(value);
  if (text.length > LONGEST_DEFAULT) return [];
  return [value === '' ? 'Default: empty.' : `Default: \`${text}\`.`];
}

/** The page `docs/settings.md` with the settings of package.json between its markers; not formatted. */
export function withSettings(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error('docs/settings.md has no markers for the settings.');
  }
  return `${before}${begin}\n\n${settingSections().join('\n')}\n${end}${after}`;
}
