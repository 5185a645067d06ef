import { readFileSync } from 'node:fs';
import {
  settingDescriptors,
  type SettingKey,
  settingKeys,
  type Settings,
} from '../../src/settings/settingDescriptors';
import { inRepo } from './folders';

/** What every setting is where the user has set nothing. */
export const defaultSettings = Object.fromEntries(
  settingKeys.map((key) => [key, settingDescriptors[key].manifest.default]),
) as Settings;

/** The `contributes.configuration.properties` of package.json, made from the descriptors. */
export function settingProperties(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    settingKeys.map((key, index) => [`cria.${key}`, settingProperty(key, index + 1)]),
  );
}

function settingProperty(key: SettingKey, order: number): object {
  const { manifest, from } = settingDescriptors[key];
  const { enum: values } = manifest;
  return {
    ...manifest,
    ...(Array.isArray(values) && {
      enumDescriptions: values.map((value) => `%config.${key}.${String(value)}%`),
    }),
    ...(from === 'user' ? { scope: 'application', ignoreSync: true } : { scope: 'window' }),
    order,
    markdownDescription: `%config.${key}%`,
  };
}

/** The settings whose workspace values count in trusted workspaces only (`restrictedConfigurations`). */
export function restrictedSettings(): readonly string[] {
  const restricted = settingKeys.filter((key) => settingDescriptors[key].from === 'trusted');
  return restricted.map((key) => `cria.${key}`);
}

const markers = /(?<=<!-- Written by `npm run settings` -->\n).*(?=<!-- End of settings -->)/su;

/** A longer default, such as the system prompt, is not repeated in the docs. */
const LONGEST_DEFAULT = 30;

/** The page `docs/settings.md` with one section for each setting between its markers; not formatted. */
export function withSettings(page: string): string {
  if (!markers.test(page)) throw new Error('docs/settings.md has no markers for the settings.');
  const texts = JSON.parse(readFileSync(inRepo('package.nls.json'), 'utf8')) as Texts;
  const sections = settingKeys.map((key) => settingSection(key, texts)).join('\n');
  return page.replace(markers, () => `\n${sections}\n`);
}

type Texts = Readonly<Record<string, string>>;

function settingSection(key: SettingKey, texts: Texts): string {
  const { enum: values, default: value } = settingDescriptors[key].manifest;
  const text = (texts[`config.${key}`] ?? '').replaceAll(/`#([^#]+)#`/gu, '`$1`');
  const parts = [text];
  if (Array.isArray(values)) {
    parts.push(`Values: ${values.map((one) => `\`${String(one)}\``).join(', ')}.`);
  }
  const json = JSON.stringify(value);
  if (json.length <= LONGEST_DEFAULT) {
    parts.push(value === '' ? 'Default: empty.' : `Default: \`${json}\`.`);
  }
  return `## \`cria.${key}\`\n\n${parts.join(' ')}\n`;
}
