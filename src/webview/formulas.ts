import temml from 'temml';

/**
 * MathML for a formula, as HTML that must be sanitized; undefined if the formula is invalid.
 * @param isDisplay whether it is displayed on separate lines
 */
export function renderFormula(tex: string, isDisplay: boolean): string | undefined {
  try {
    return temml.renderToString(tex, {
      displayMode: isDisplay,
      throwOnError: true,
      trust: false,
      strict: false,
      maxExpand: 200,
      maxSize: [20, 100],
    });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
