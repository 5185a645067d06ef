/** What VS Code says of what is dragged from its explorer, and what others say. */
const types = ['application/vnd.code.uri-list', 'text/uri-list'] as const;

/** More at once is a mistake of the hand. */
const most = 64;

/**
 * Takes what is dropped on `element`. VS Code lets a drag reach a view's page only while Shift is held.
 */
export function takeDrops(element: HTMLElement, onDrop: (uris: readonly string[]) => void): void {
  const mark = (isOver: boolean): void => {
    element.classList.toggle('drop-over', isOver);
  };
  element.addEventListener('dragover', (event) => {
    if (!hasUris(event.dataTransfer)) return;
    event.preventDefault();
    mark(true);
  });
  element.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) mark(false);
  });
  element.addEventListener('drop', (event) => {
    mark(false);
    if (!hasUris(event.dataTransfer)) return;
    event.preventDefault();
    const uris = urisOf(event.dataTransfer);
    if (uris.length > 0) onDrop(uris);
  });
}

function hasUris(data: DataTransfer | null): data is DataTransfer {
  return data !== null && types.some((type) => data.types.includes(type));
}

/** One a line; lines that begin with # are remarks (RFC 2483). */
function urisOf(data: DataTransfer): string[] {
  const list = types.map((type) => data.getData(type)).find((text) => text !== '') ?? '';
  const lines = list.split(/\r?\n/u).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).slice(0, most);
}
