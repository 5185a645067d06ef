import { hostileMarkup } from './hostileMarkup';
import { hostileSamples } from './hostileSamples';
import { hostileCharacters, hostileLinks, hostileTargets } from './hostileTargets';

export { hostileSamples } from './hostileSamples';

/** What is tried: the payloads, each once. */
export const hostilePayloads: readonly string[] = [
  ...hostileSamples,
  ...hostileMarkup,
  ...hostileTargets,
  ...hostileCharacters,
];

/** The same as texts, with each target in every spelling that leads somewhere. */
export const hostileCorpus: readonly string[] = [
  ...hostileSamples,
  ...hostileMarkup,
  ...hostileLinks,
  ...hostileCharacters,
];
