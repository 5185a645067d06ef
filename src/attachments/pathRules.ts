/** The parts of a URI that say where something is. */
export interface UriParts {
  readonly scheme: string;
  readonly authority: string;
  /** Decoded, with `/` between the segments. */
  readonly path: string;
}

/**
 * The path of `place` below `folder`, without a slash at its beginning; empty for the folder itself.
 * Undefined: it is not in there, or its path is not one that a file system takes as it reads.
 */
export function pathInside(folder: UriParts, place: UriParts): string | undefined {
  if (place.scheme !== folder.scheme) return undefined;
  if (place.authority.toLowerCase() !== folder.authority.toLowerCase()) return undefined;
  if (isUnsafePath(place.path)) return undefined;
  const root = folder.path.endsWith('/') ? folder.path : `${folder.path}/`;
  if (lowerDriveLetter(`${place.path}/`) === lowerDriveLetter(root)) return '';
  if (!lowerDriveLetter(place.path).startsWith(lowerDriveLetter(root))) return undefined;
  return place.path.slice(root.length).replace(/\/$/u, '');
}

/** Steps out of a folder, or what one file system reads in another way than the next. */
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

/** Windows drops dots and spaces at the end of a name, and reads what follows a colon as a stream. */
function isUnsafeSegment(segment: string, index: number): boolean {
  if (segment === '.' || segment === '..') return true;
  const isDrive = index === 0 && /^[a-z]:$/iu.test(segment);
  return (segment.includes(':') && !isDrive) || /[. ]$/u.test(segment);
}

/** A drive has the same letter, large or small. */
function lowerDriveLetter(path: string): string {
  return path.replace(/^\/[a-z]:/iu, (drive) => drive.toLowerCase());
}

/** Names under which passwords and keys are kept. */
const secrets: readonly RegExp[] = [
  /^\.env(?:\..+)?$/iu,
  /^\.(?:npmrc|pypirc|netrc|pgpass|htpasswd|git-credentials|dockercfg)$/iu,
  /^(?:_netrc|credentials|secrets?(?:\.(?:ya?ml|json|toml|env|txt))?)$/iu,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/iu,
  /\.(?:pem|key|pfx|p12|jks|keystore|kdbx|ppk|asc|tfvars)$/iu,
];

/** Patterns of such files, made to be shared. */
const examples = /^\.env\.(?:example|sample|template|dist)$/iu;

/** Whether a file of this name may hold what should not be told to anybody. */
export function mayHoldSecrets(name: string): boolean {
  return !examples.test(name) && secrets.some((pattern) => pattern.test(name));
}
