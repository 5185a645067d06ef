import { openableUrl } from '../urlPolicy';

/** What a link of an answer leads to. */
export type LinkTarget =
  | { readonly kind: 'web'; readonly href: string }
  /** A path that may be a file of the workspace. */
  | { readonly kind: 'file'; readonly file: FileTarget }
  /** A heading of the same answer. */
  | { readonly kind: 'heading'; readonly slug: string }
  /** Not opened: only the words are shown. */
  | { readonly kind: 'none' };

export interface FileTarget {
  /** With `/` between its parts; relative to the workspace, or with a drive. */
  readonly path: string;
  /** From 1. */
  readonly line?: number;
}

const maxLength = 512;

/** What a link with this address, as it was written, leads to. */
export function parseLinkTarget(href: string): LinkTarget {
  if (openableUrl(href)) return { kind: 'web', href };
  if (href.startsWith('#')) {
    const slug = toSlug(decode(href.slice(1)));
    return slug === '' ? { kind: 'none' } : { kind: 'heading', slug };
  }
  const file = parseFileTarget(decode(href));
  return file ? { kind: 'file', file } : { kind: 'none' };
}

/** The anchor of a heading, as GitHub forms it. */
export function toSlug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/gu, '-');
}

const lineAtEnd =
  /(?:#L?(?<hash>\d{1,7})(?:(?:[-:,][LC]?|[LC])\d{1,7}){0,4}|:(?<colon>\d{1,7})(?:[-:]\d{1,7}){0,4})$/iu;

/** Such as `src/cart.ts#L42-L48`, `./cart.ts:12:3`, `C:\work\a.ts`, `file:///project/a.ts`. */
export function parseFileTarget(words: string): FileTarget | undefined {
  if (words.length > maxLength || /[\p{C}\p{Zl}\p{Zp}<>"|?*]/u.test(words)) return undefined;
  const place = words.replace(/^(?:file:\/\/|vscode:\/\/file)(?=\/)/iu, '');
  const { index, groups = {} } = lineAtEnd.exec(place) ?? {};
  const line = Number(groups['hash'] ?? groups['colon'] ?? 0);
  const path = toPath(place.slice(0, index).split('#', 1)[0] ?? '');
  // Without a folder or an ending, `tel:123` is more likely a scheme than a line.
  if (path === undefined || (groups['colon'] !== undefined && !/[./]/u.test(path)))
    return undefined;
  return line > 0 ? { path, line } : { path };
}

function toPath(words: string): string | undefined {
  const path = words.replaceAll('\\', '/').replace(/^(?:\.\/)+|^\/(?!\/)/u, '');
  if (path === '' || path.endsWith('/') || path.startsWith('//')) return undefined;
  // A drive has one letter, a scheme has more.
  const withoutDrive = path.replace(/^[a-z]:\//iu, '');
  return /:|(?:^|\/)\.\.(?:\/|$)/u.test(withoutDrive) ? undefined : path;
}

/** A file target as one string, which `parseFileTarget` reads again. */
export function formatFileTarget({ path, line }: FileTarget): string {
  return line === undefined ? path : `${path}#L${line}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
