import type { AttachmentView } from '../../shared/protocol';
import { h, icon } from '../dom';
import { texts } from '../texts/texts';

const icons: Readonly<Record<AttachmentView['kind'], string>> = {
  selection: 'list-selection',
  file: 'file-code',
  folder: 'folder',
  problems: 'warning',
  diff: 'diff',
};

interface ChipActions {
  /** Shows what is sent of it. */
  readonly onPreview: (id: string) => void;
  /** Absent where what is attached is sent already. */
  readonly onRemove?: (id: string) => void;
}

/** What is attached to a message, each by its name; undefined where there is nothing. */
export function chipList(
  attachments: readonly AttachmentView[],
  actions: ChipActions,
): HTMLElement | undefined {
  if (attachments.length === 0) return undefined;
  return h(
    'div',
    { class: 'chips', role: 'list', 'aria-label': texts.attachments.list },
    ...attachments.map((attachment) => chip(attachment, actions)),
  );
}

function chip(
  { id, kind, label, detail, isPart }: AttachmentView,
  { onPreview, onRemove }: ChipActions,
): HTMLElement {
  const name = h(
    'button',
    {
      ...{ type: 'button', class: 'chip-name', title: texts.attachments.preview(detail) },
      on: { click: () => onPreview(id) },
    },
    icon(icons[kind]),
    h('span', { class: 'chip-label' }, label),
    isPart ? h('span', { class: 'chip-part' }, texts.attachments.part) : undefined,
  );
  const remove = texts.attachments.remove(label);
  const button = onRemove
    ? h(
        'button',
        {
          ...{ type: 'button', class: 'chip-remove', title: remove, 'aria-label': remove },
          on: { click: () => onRemove(id) },
        },
        icon('close'),
      )
    : undefined;
  return h('div', { class: 'chip', role: 'listitem', 'data-attachment-id': id }, name, button);
}
