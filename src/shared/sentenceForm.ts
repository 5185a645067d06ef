/**
 * The parts with which `form`, such as `A line of {0} bytes`, gives `words`; undefined: it does not. The
 * parts stand in it in their order.
 */
export function partsOf(form: string, words: string): readonly string[] | undefined {
  const literal = form.replaceAll(/[$()*+.?[\\\]^|]/gu, '\\$&');
  const pattern = literal.replaceAll(/\{\d\}/gu, '(.*)');
  return new RegExp(`^${pattern}$`, 'su').exec(words)?.slice(1);
}
