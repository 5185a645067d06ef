import { existsSync, readFileSync } from 'node:fs';
import { inRepo } from './paths';

/** The languages beside English, by VS Code's names for them. */
export const languages = ['de', 'zh-cn'] as const;

/** Ends the keys of sentences that are made without VS Code; see `workspace/translated.ts`. */
export const saidMark = '/client';

/** Translations by English text. */
export type L10nBundle = Readonly<Record<string, string>>;

/** @param language none is the list of all texts, in English */
export function l10nFile(language?: string): string {
  return inRepo('l10n', `bundle.l10n.${language === undefined ? '' : `${language}.`}json`);
}

/** What a bundle holds; nothing where there is none yet. */
export function readL10n(language?: string): L10nBundle {
  const file = l10nFile(language);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as L10nBundle) : {};
}
