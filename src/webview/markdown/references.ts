import type { Env } from 'markdown-it';

/** Definitions of links by name, as the parser collects them. */
export type References = NonNullable<Env['references']>;

/** None yet, beside those that are `known`. */
export function emptyReferences(known: References | null): References {
  return Object.create(known) as References;
}

/** Whether a parser has found definitions beside the known ones. */
export function hasOwn(references: References | undefined): boolean {
  return references !== undefined && Object.keys(references).length > 0;
}
