import './texts/language';
import { page, type PageTexts } from './texts/en';

/** Everything the page says, in the language that was loaded before it, else in English. */
export const texts: PageTexts = globalThis.criaTexts?.page ?? page;
