import hostile from './hostileTargets.json';
import texts from './hostileTexts.json';

/** Texts that try to run something, load something or lead somewhere else than they say. */
export const hostileSamples: readonly string[] = texts['run, load or lead elsewhere'];

/** Every way in which Markdown leads to a target or shows a picture of it. */
const links = hostile.targets.flatMap((target) =>
  hostile.spellings.map((spelling) => spelling.replaceAll('TARGET', () => target)),
);

/** Characters that hide, reorder or steer: each around and inside a link. */
const characters = hostile.characters.map(
  (one) => `a${one}b [x${one}y](https://evil${one}.example/${one}z "t${one}") \`c${one}d\``,
);

/** What is tried: the payloads, each once. */
export const hostilePayloads: readonly string[] = [
  ...Object.values(texts).flat(),
  ...hostile.targets,
  ...characters,
];

/** The same as texts, with each target in every spelling that leads somewhere. */
export const hostileCorpus: readonly string[] = [
  ...Object.values(texts).flat(),
  ...links,
  ...characters,
];
