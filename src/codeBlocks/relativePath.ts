/** Names that Windows keeps for devices, with any ending. */
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/iu;

/** What no file system that people share allows, and what hides or reorders other characters. */
const forbidden = /[<>:"|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * The segments of a relative path that an answer names, or undefined when it must not be followed: it
 * is absolute, leaves the folder it begins in, or means something else on another system. Both slashes
 * separate, as models write both.
 */
export function parseRelativePath(path: string): readonly string[] | undefined {
  const trimmed = path.trim();
  if (trimmed === '' || trimmed.length > 1024) return undefined;
  const segments = trimmed.split(/[/\\]/u);
  // A path that begins or ends with a slash has an empty segment there.
  if (segments[0] === '.') segments.shift();
  return segments.length > 0 && segments.every(isSafeSegment) ? segments : undefined;
}

function isSafeSegment(segment: string): boolean {
  if (segment === '' || segment === '.' || segment === '..' || segment.length > 255) return false;
  // Windows takes dots and blanks at the end away, so this would be another name there.
  if (/[. ]$/u.test(segment) || segment.startsWith(' ') || segment.startsWith('~')) return false;
  return !forbidden.test(segment) && !deviceName.test(segment);
}

/** Files that run something, or steer the editor, without being asked. */
const protectedNames =
  /^(?:\.vscode|\.git|\.gitmodules|\.gitattributes|\.gitconfig|\.githooks|\.husky|\.devcontainer|\.devcontainer\.json|\.github|\.gitlab-ci\.yml|\.idea|\.cria|\.envrc|\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs|\.(?:bash|zsh)(?:rc|_profile|env)|\.profile|tasks\.json|launch\.json|.*\.code-workspace|git~\d+|vscode~\d+|gitmod~\d+)$/u;

/** Whether a file there can run something by being there: the person is asked first. */
export function isProtected(segments: readonly string[]): boolean {
  return segments.some((segment) => protectedNames.test(segment.normalize('NFKC').toLowerCase()));
}
