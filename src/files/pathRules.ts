/** The parts of a URI that locate a file. */
export interface UriParts {
  readonly scheme: string;
  readonly authority: string;
  /** Decoded, with `/` between the segments. */
  readonly path: string;
}

/**
 * The path of `uri` below `folder`, without a slash at its beginning; empty for the folder itself.
 * Undefined: it is elsewhere, or file systems disagree about where its path leads.
 */
export function pathInside(folder: UriParts, uri: UriParts): string | undefined {
  if (uri.scheme !== folder.scheme) return undefined;
  if (uri.authority.toLowerCase() !== folder.authority.toLowerCase()) return undefined;
  if (isUnsafePath(uri.path)) return undefined;
  const root = folder.path.endsWith('/') ? folder.path : `${folder.path}/`;
  if (lowerDriveLetter(`${uri.path}/`) === lowerDriveLetter(root)) return '';
  if (!lowerDriveLetter(uri.path).startsWith(lowerDriveLetter(root))) return undefined;
  return uri.path.slice(root.length).replace(/\/$/u, '');
}

/** Whether a path steps out of a folder, or is read in different ways by different file systems. */
function isUnsafePath(path: string): boolean {
  const segments = path.split('/').slice(1);
  const last = segments.length - 1;
  return (
    !path.startsWith('/') ||
    /[\\\p{Cc}]/u.test(path) ||
    segments.some(
      (segment, index) => isUnsafeSegment(segment, index) || (segment === '' && index < last),
    )
  );
}

/** Windows ignores dots and spaces at the end of a name, and takes the text after a colon as a stream. */
function isUnsafeSegment(segment: string, index: number): boolean {
  if (segment === '.' || segment === '..') return true;
  const isDrive = index === 0 && /^[a-z]:$/iu.test(segment);
  return (segment.includes(':') && !isDrive) || /[. ]$/u.test(segment);
}

/** Drive letters are case-insensitive. */
function lowerDriveLetter(path: string): string {
  return path.replace(/^\/[a-z]:/iu, (drive) => drive.toLowerCase());
}
