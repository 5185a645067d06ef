import type { Clock } from '../shared/clock';
import type { Asking } from '../ui/focusReturn';
import type { BlockActions } from './blockActions';

/** What takes code out of answers: a bundle of its own, read when somebody first does. */
export async function loadBlockActions(clock: Clock, asking: Asking): Promise<BlockActions> {
  const module = await import('./blockActions');
  return new module.BlockActions(clock, asking);
}
