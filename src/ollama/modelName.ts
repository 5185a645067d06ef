import * as v from 'valibot';
import { trimEndOf } from '../shared/text';

/**
 * Model names by Ollama's own rules (types/model/name.go and internal/modelref/modelref.go):
 * `[scheme://][host/][namespace/]model[:tag][:cloud|:local]`, where a tag that ends in `-cloud` means the
 * cloud, too. Letter case does not count; the host `registry.ollama.ai`, the namespace `library` and the tag
 * `latest` can be left out.
 */
export interface ModelName {
  /** As it is sent: as the user wrote it, without white space around it. */
  readonly text: string;
  /** The parts are in lower case, and the defaults are filled in. */
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
  /** Where the name says that the model runs; undefined: it does not say. */
  readonly source: 'cloud' | 'local' | undefined;
}

const defaultHost = 'registry.ollama.ai';
const defaultNamespace = 'library';
const defaultTag = 'latest';

const hostForm = /^\w[\w.:-]{0,349}$/u;
const namespaceForm = /^\w[\w-]{0,79}$/u;
const modelForm = /^\w[\w.-]{0,79}$/u;

/** A host and three parts of the longest form, with a scheme and a source. */
const maxLength = 350 + 3 * 80 + 20;

/**
 * Undefined for a name that Ollama does not accept, and for one with white space inside or a scheme other than
 * http and https: some versions of Ollama read such a name as another model than it looks like.
 */
export function parseModelName(name: string): ModelName | undefined {
  const text =
    name.length > maxLength ? '' : trimEndOf(name.replace(/^[ \t\r\n]+/u, ''), /[ \t\r\n]/u);
  // Other letters could become ASCII letters in lower case.
  if (!/^[\x21-\x7e]+$/u.test(text)) return undefined;
  const { base, source } = splitSource(text.toLowerCase());
  // Only one source can be named.
  if (source && splitSource(base).source) return undefined;
  const [path, tag] = cutLast(base, ':', base.lastIndexOf('/'));
  const parts = path.replace(/^https?:\/\/(?=[^/]*\/[^/]*\/)/u, '').split('/');
  if (parts.length > 3) return undefined;
  const [model = '', namespace = defaultNamespace, host = defaultHost] = parts.reverse();
  const parsed: ModelName = { text, host, namespace, model, tag: tag ?? defaultTag, source };
  return isValid(parsed) ? parsed : undefined;
}

function isValid({ host, namespace, model, tag }: ModelName): boolean {
  const isPath = hostForm.test(host) && namespaceForm.test(namespace);
  return isPath && modelForm.test(model) && modelForm.test(tag);
}

/** Splits off `:cloud`, `:local` and `-cloud` at the end of the text behind the last colon. */
function splitSource(name: string): { base: string; source: ModelName['source'] } {
  const [base, suffix] = cutLast(name, ':');
  if (suffix === 'cloud' || suffix === 'local') return { base, source: suffix };
  return suffix?.endsWith('-cloud') && !suffix.includes('/')
    ? { base: name.slice(0, -'-cloud'.length), source: 'cloud' }
    : { base: name, source: undefined };
}

/** The text before and after the last `separator`, if that is behind the index `after`. */
function cutLast(text: string, separator: string, after = -1): [string, string | undefined] {
  const at = text.lastIndexOf(separator);
  return at > after ? [text.slice(0, at), text.slice(at + 1)] : [text, undefined];
}

/** The name in the form that is equal for all names of the same model; a name that is invalid stays as it is. */
export function fullName(name: string): string {
  const parsed = parseModelName(name);
  if (!parsed) return name;
  const { host, namespace, model, tag, source } = parsed;
  const isDefaultHost = host === defaultHost;
  const path = [
    ...(isDefaultHost ? [] : [host]),
    ...(isDefaultHost && namespace === defaultNamespace ? [] : [namespace]),
    model,
  ].join('/');
  if (source === 'cloud') return `${path}:${tag === defaultTag ? 'cloud' : `${tag}-cloud`}`;
  return `${path}:${tag}${source === 'local' ? ':local' : ''}`;
}

/** Whether two names mean the same model. */
export function sameModel(one: string, other: string): boolean {
  return fullName(one) === fullName(other);
}

/** Whether the name says that the answer is computed on ollama.com: `model:cloud`, `model:tag-cloud`. */
export function isCloudName(name: string): boolean {
  return parseModelName(name)?.source === 'cloud';
}

/** The host that the model is pulled from, if it is not Ollama's own library. */
export function getForeignHost(name: string): string | undefined {
  const host = parseModelName(name)?.host;
  return host === defaultHost ? undefined : host;
}

const nameSchema = v.pipe(
  v.string(),
  v.transform((name) => parseModelName(name)?.text),
  v.string(),
);

/** A name, or an entry of the Models view. */
const argumentSchema = v.union([
  nameSchema,
  v.pipe(
    v.object({ model: nameSchema }),
    v.transform(({ model }) => model),
  ),
]);

/** The model that a command was called for; undefined for anything that is not a valid name. */
export function parseModelArgument(value: unknown): string | undefined {
  const parsed = v.safeParse(argumentSchema, value);
  return parsed.success ? parsed.output : undefined;
}
