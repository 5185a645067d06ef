/**
 * Makes the page show `fresh` where it shows `shown`, and touches only what comes after the equal
 * beginning: a selection there survives, and the browser lays out only what is new.
 * @param shown nodes side by side in the page, at least one
 * @returns the nodes that are shown now
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

/** Makes `old` equal to `next` if that can be done in place. */
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

/** Puts `fresh` before what stands in the place `index` of `shown`, or behind its last. */
function insertAfter(
  shown: readonly ChildNode[],
  index: number,
  fresh: readonly ChildNode[],
): void {
  const following = shown[index];
  if (following) following.before(...fresh);
  else shown.at(-1)?.after(...fresh);
}
