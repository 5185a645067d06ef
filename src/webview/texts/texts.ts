import { page, type PageTexts, type PlanTexts } from './en';

/** Everything the page says, in the language that was loaded before it, else in English. */
export const texts: PageTexts = globalThis.criaTexts?.page ?? page;

/** All texts of the page in one language. A file that lacks one does not compile. */
export interface Language {
  readonly page: PageTexts;
  readonly plan: PlanTexts;
}

declare global {
  /** What a language's bundle leaves behind; it runs before the page. Not there for English. */
  var criaTexts: Language | undefined;
}
