import type { Env, MarkdownIt } from 'markdown-it';
import { createElement } from '../dom';
import { texts } from '../texts/texts';
import { type Block, type Container, hasHead, type Leaf } from './blockTree';
import { CodeBlock } from './codeBlock';
import { renderLeaf } from './renderLeaf';

/** A block and its nodes, of which there is at least one. */
export interface Rendered {
  block: Block;
  readonly nodes: readonly ChildNode[];
  /** The element that contains the children of a container. */
  readonly inside?: Element;
  children: Rendered[];
  readonly code?: CodeBlock;
}

export interface RenderContext {
  readonly md: MarkdownIt;
  readonly env: Env;
  /** Whether long code is folded. */
  readonly foldsCode: boolean;
}

/**
 * Updates `parent` from `shown` to `next`, touching only what differs: equal blocks are kept, containers are
 * compared by their children, open fences grow in their text node.
 */
export function reconcile(
  context: RenderContext,
  parent: Element,
  shown: readonly Rendered[],
  next: readonly Block[],
): Rendered[] {
  for (const surplus of shown.slice(next.length)) remove(surplus);
  return next.map((block, index) => {
    const old = shown[index];
    if (old) return update(context, old, block);
    const fresh = render(context, block);
    findGroup(parent).append(...fresh.nodes);
    return fresh;
  });
}

const rowsPerGroup = 32;
/** A table of more groups keeps the widths of its columns. */
const groupsOfFreeWidth = 4;

/**
 * The element to append to: of a long table its last group of rows, of which it has several, because the browser
 * lays only those out that change.
 */
function findGroup(parent: Element): Element {
  if (parent.localName !== 'tbody') return parent;
  const last = parent.parentNode?.lastElementChild ?? parent;
  if (last.childElementCount < rowsPerGroup) return last;
  const table = parent.closest('table');
  if (table?.tBodies.length === groupsOfFreeWidth) keepColumnWidths(table);
  const group = createElement('tbody');
  last.after(group);
  return group;
}

/** Otherwise one wider cell would lay out and paint every row of a long table again. */
function keepColumnWidths(table: HTMLTableElement): void {
  const { width } = table.getBoundingClientRect();
  const available = table.parentElement?.clientWidth ?? 0;
  // A table that is not in the page has no widths yet.
  if (width === 0) return;
  const heads = [...(table.rows[0]?.cells ?? [])];
  const shares = heads.map((head) => head.getBoundingClientRect().width / width);
  for (const [index, head] of heads.entries()) head.style.width = `${(shares[index] ?? 0) * 100}%`;
  table.style.width = Math.abs(width - available) < 1 ? '100%' : `${width}px`;
  table.classList.add('fixed-columns');
}

/** Updates `old` to show `block`, in place if possible. */
export function update(context: RenderContext, old: Rendered, block: Block): Rendered {
  if (block.kind === 'container') return updateContainer(context, old, block);
  if (old.block.kind === 'leaf' && old.block.key === block.key) return old;
  if (growCode(old, block)) {
    old.block = block;
    return old;
  }
  const fresh = render(context, block);
  if (old.block.kind === 'container' || old.code || fresh.code) return replace(old, fresh);
  return { ...fresh, nodes: patchNodes(old.nodes, fresh.nodes) };
}

function updateContainer(context: RenderContext, old: Rendered, block: Container): Rendered {
  if (old.block.kind !== 'container' || old.block.key !== block.key || !old.inside) {
    return replace(old, render(context, block));
  }
  old.children = reconcile(context, old.inside, old.children, block.children);
  old.block = block;
  return old;
}

export function render(context: RenderContext, block: Block): Rendered {
  if (block.kind === 'container') return renderContainer(context, block);
  if (block.code) return renderCode(block, context.foldsCode);
  return { block, nodes: renderLeaf(context.md, block, context.env), children: [] };
}

const directed: ReadonlySet<Container['tag']> = new Set([
  'ul',
  'ol',
  'blockquote',
  'details',
  'table',
]);

function renderContainer(context: RenderContext, block: Container): Rendered {
  const inside = createElement(block.tag, {
    ...(block.start === undefined ? {} : { start: block.start }),
    // The marks of a list, the bar of a quote, and the first column are on the side where the text begins.
    ...(directed.has(block.tag) ? { dir: 'auto' } : {}),
  });
  if (block.task !== undefined) markTask(inside, block.task);
  const outside =
    block.tag === 'table'
      ? createElement(
          'div',
          { class: 'table', tabindex: '0', role: 'group', 'aria-label': texts.code.table },
          inside,
        )
      : inside;
  const holder = new DocumentFragment();
  holder.append(outside);
  const children = reconcile(context, inside, [], block.children);
  return { block, nodes: [...holder.childNodes], inside, children };
}

/** The block whose children are the rows, items or blocks of a table, list or quote. */
export function findPartsContainer(shown: Rendered): Rendered {
  const isBelowHead = shown.block.kind === 'container' && hasHead(shown.block.tag);
  return (isBelowHead ? shown.children[1] : undefined) ?? shown;
}

function markTask(item: HTMLElement, done: boolean): void {
  item.classList.add('task');
  const label = done ? texts.task.done : texts.task.open;
  item.append(
    createElement('input', {
      type: 'checkbox',
      disabled: true,
      checked: done,
      'aria-label': label,
    }),
  );
}

function renderCode(block: Leaf, folds: boolean): Rendered {
  const code = new CodeBlock(block.code?.info ?? '', folds);
  fill(code, block);
  return { block, nodes: [code.element], children: [], code };
}

function fill(code: CodeBlock, block: Leaf): void {
  code.append(block.code?.text.slice(code.text.length) ?? '');
  if (block.code?.open === false) code.close();
}

/** Lets a fence that is still open take the text that was added to it. */
function growCode({ code }: Rendered, block: Leaf): boolean {
  if (!code?.isOpen || block.code?.info !== code.info) return false;
  if (!block.code.text.startsWith(code.text)) return false;
  fill(code, block);
  return true;
}

function replace(old: Rendered, fresh: Rendered): Rendered {
  const [first, ...rest] = old.nodes;
  if (!first) throw new Error('A block without nodes cannot be replaced.');
  for (const node of rest) node.remove();
  first.replaceWith(...fresh.nodes);
  return fresh;
}

export function remove({ nodes }: Rendered): void {
  for (const node of nodes) {
    const group = node.parentElement;
    node.remove();
    const isEmptyGroup = group?.localName === 'tbody' && !group.hasChildNodes();
    if (isEmptyGroup && group.previousElementSibling?.localName === 'tbody') group.remove();
  }
}

/** The end of the text or of its container closes an open fence. */
export function closeCode(last: Rendered | undefined): void {
  last?.code?.close();
  if (last) closeCode(last.children.at(-1));
}

/**
 * Replaces `shown` by `fresh` and touches only what comes after the equal beginning: a selection there survives,
 * and the browser lays out only what is new.
 * @param shown adjacent nodes in the page, at least one
 * @returns the nodes that are now in the page
 */
export function patchNodes(
  shown: readonly ChildNode[],
  fresh: readonly ChildNode[],
): readonly ChildNode[] {
  const kept = shown.findIndex((node, index) => !node.isEqualNode(fresh[index] ?? null));
  if (kept < 0 && shown.length === fresh.length) return shown;
  const start = kept < 0 ? shown.length : kept;
  const nodes = [...shown.slice(0, start), ...fresh.slice(start)];
  const [old, next] = [shown[start], fresh[start]];
  const isPatched = old && next && patchNode(old, next);
  if (isPatched) nodes[start] = old;
  const rest = isPatched ? start + 1 : start;
  insertAfter(shown, rest, fresh.slice(rest));
  for (const node of shown.slice(rest)) node.remove();
  return nodes;
}

/** Changes `old` to equal `next` in place; returns false if that is not possible. */
function patchNode(old: ChildNode, next: ChildNode): boolean {
  if (old instanceof Text && next instanceof Text && next.data.startsWith(old.data)) {
    old.appendData(next.data.slice(old.length));
    return true;
  }
  if (!(old instanceof Element && next instanceof Element)) return false;
  if (!old.hasChildNodes() || !old.cloneNode().isEqualNode(next.cloneNode())) return false;
  patchNodes([...old.childNodes], [...next.childNodes]);
  return true;
}

/** Inserts `fresh` before the node at `index` of `shown`, or after the last one. */
function insertAfter(
  shown: readonly ChildNode[],
  index: number,
  fresh: readonly ChildNode[],
): void {
  const following = shown[index];
  if (following) following.before(...fresh);
  else shown.at(-1)?.after(...fresh);
}
