import type { AttachSource, EditorView } from '../shared/protocol';
import { h, icon } from './dom';
import { texts } from './texts/texts';

/** What one can begin with: what is attached, and the words that are put into the message. */
export interface Start {
  readonly source: AttachSource;
  readonly text: string;
}

interface Offer extends Start {
  readonly label: string;
  readonly symbol: string;
}

/** What an empty conversation offers for what is in the editor now. */
export function suggestionButtons(
  editor: EditorView,
  onStart: (start: Start) => void,
): HTMLElement[] {
  return offers(editor).map(({ label, symbol, ...start }) =>
    h(
      'button',
      { type: 'button', class: 'suggestion', on: { click: () => onStart(start) } },
      icon(symbol),
      h('span', {}, label),
    ),
  );
}

function offers({ file, selection, problems }: EditorView): Offer[] {
  const { explain, ask, fix } = texts.suggestions;
  const found: Offer[] = [];
  if (selection !== undefined) {
    found.push({
      ...ask,
      label: ask.label(selection),
      source: 'selection',
      symbol: 'list-selection',
    });
  }
  if (file !== undefined && problems !== undefined) {
    found.push({ ...fix, label: fix.label(problems, file), source: 'problems', symbol: 'warning' });
  }
  if (file !== undefined) {
    found.push({
      ...explain,
      label: explain.label(file),
      source: 'file',
      symbol: 'comment-discussion',
    });
  }
  return found;
}
