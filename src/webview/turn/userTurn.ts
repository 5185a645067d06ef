import type { UserTurnView } from '../../shared/protocol';
import { h } from '../dom';
import { texts } from '../texts';
import type { TurnElement } from './turnElement';

/** What the person said, as they typed it. */
export function userTurn(turn: UserTurnView): TurnElement {
  const headingId = `heading-${turn.id}`;
  const element = h(
    'article',
    {
      ...{ 'data-role': 'user', 'data-turn-id': turn.id },
      ...{ tabindex: '-1', 'aria-labelledby': headingId },
    },
    h('h2', { class: 'visually-hidden', id: headingId }, texts.transcript.you),
    h('div', { class: 'bubble' }, turn.text),
  );
  return { element, advance: () => false };
}
