import './language';
import { page, type PageTexts } from './en';

/** Everything the page says, in the language that was loaded before it, else in English. */
export const texts: PageTexts = globalThis.criaTexts?.page ?? page;
