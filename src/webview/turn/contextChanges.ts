import type { AssistantTurnView, FromWebview } from '../../shared/protocol';
import { createElement } from '../dom';
import { bytes, shortCount } from '../formatFigures';
import { texts } from '../texts/texts';

/** One line where the context of an answer is not that of the answer before; undefined where it is. */
export function createContextChange(
  { id: turnId, model, activity, metrics = {} }: AssistantTurnView,
  post: (request: FromWebview) => void,
): HTMLElement | undefined {
  const raised = metrics.raised ?? activity.raised;
  const back = metrics.steppedBack ?? activity.steppedBack;
  if (back) {
    const sentence = texts.context.steppedBack(model, shortCount(back.to), shortCount(back.from));
    return createElement('p', { class: 'context-change' }, sentence);
  }
  if (!raised) return undefined;
  const to = shortCount(raised.to);
  const sentence =
    raised.extraBytes === undefined
      ? texts.context.raised(to, model)
      : texts.context.raisedBy(to, model, bytes(raised.extraBytes));
  const buttons = createElement('span', { class: 'context-change-acts' });
  const button = (label: string, done: string, request: FromWebview): HTMLElement =>
    createElement(
      'button',
      {
        type: 'button',
        class: 'link',
        on: {
          click: () => {
            post(request);
            buttons.replaceChildren(done);
          },
        },
      },
      label,
    );
  buttons.append(
    button(texts.context.undo, texts.context.undone, { type: 'undoContext', turnId }),
    button(texts.context.alwaysAsk, texts.context.willAsk, { type: 'askContext' }),
  );
  return createElement('p', { class: 'context-change' }, sentence, ' ', buttons);
}
