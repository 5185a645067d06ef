import type { Find } from './find';

const isMac = navigator.userAgent.includes('Macintosh');

/** Does what a key means to `find`, wherever the focus is; returns whether it means anything. */
export function findKey(event: KeyboardEvent, find: Find): boolean {
  const { key, shiftKey, altKey } = event;
  const isModified = isMac ? event.metaKey : event.ctrlKey;
  if (key.toLowerCase() === 'f' && isModified && !shiftKey && !altKey) find.open();
  else if (!find.isOpen) return false;
  else if (key === 'Escape') find.close();
  else if (key === 'F3') find.step(shiftKey ? -1 : 1);
  else return false;
  return true;
}
