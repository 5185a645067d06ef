export interface PageLanguage {
  /** As a BCP 47 tag. */
  readonly tag: string;
  /** The bundle with its texts; absent: they are in the page itself. */
  readonly bundle?: string;
}

/** The languages of the page beside English, by VS Code's names for them. */
const languages: ReadonlyMap<string, PageLanguage> = new Map([
  ['de', { tag: 'de', bundle: 'texts.de.js' }],
  ['zh-cn', { tag: 'zh-CN', bundle: 'texts.zh-cn.js' }],
]);

/** The language of the page where VS Code itself speaks `displayLanguage`. */
export function pageLanguage(displayLanguage: string): PageLanguage {
  return languages.get(displayLanguage.toLowerCase()) ?? { tag: 'en' };
}
