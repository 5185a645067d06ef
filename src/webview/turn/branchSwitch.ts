import type { BranchView } from '../../shared/protocol';
import { h, iconButton } from '../dom';
import { texts } from '../texts/texts';

/** Steps between the versions of a turn, where there are several: `‹ 2/3 ›`. */
export function branchSwitch(
  branch: BranchView | undefined,
  onStep: (step: 1 | -1) => void,
): HTMLElement | undefined {
  if (!branch) return undefined;
  const { index, count } = branch;
  const previous = iconButton('chevron-left', texts.branch.previous, () => onStep(-1));
  const next = iconButton('chevron-right', texts.branch.next, () => onStep(1));
  previous.disabled = index === 0;
  next.disabled = index === count - 1;
  const position = h('span', {}, texts.branch.position(index, count));
  return h('div', { class: 'branches needs-idle' }, previous, position, next);
}
