import '../texts/texts';
import { plan, type PlanTexts } from '../texts/en';

/** Everything the details of the plan say. */
export const planTexts: PlanTexts = globalThis.criaTexts?.plan ?? plan;
