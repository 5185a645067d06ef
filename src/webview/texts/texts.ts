import { page, type PageTexts, plan, type PlanTexts } from './en';

/** All texts of the page in one language. */
export interface Language {
  readonly page: PageTexts;
  readonly plan: PlanTexts;
}

declare global {
  /** Set by the bundle of a language, which runs before the page. Undefined for English. */
  var criaTexts: Language | undefined;
}

const language: Language = globalThis.criaTexts ?? { page, plan };

/** Everything the page says, in the language of the user interface. */
export const texts = {
  ...language.page,
  contextUsage: { ...language.page.contextUsage, ...language.plan },
};
