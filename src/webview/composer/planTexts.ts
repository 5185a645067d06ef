import '../texts/language';
import { plan, type PlanTexts } from '../texts/en';

/** Everything the details of the plan say. */
export const planTexts: PlanTexts = globalThis.criaTexts?.plan ?? plan;
