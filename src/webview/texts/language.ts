import type { PageTexts, PlanTexts } from './en';

/** All texts of the page in one language. A file that lacks one does not compile. */
export interface Language {
  readonly page: PageTexts;
  readonly plan: PlanTexts;
}

declare global {
  /** What a language's bundle leaves behind; it runs before the page. Not there for English. */
  var criaTexts: Language | undefined;
}
