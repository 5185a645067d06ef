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

/** Names with a dot that only say which files count, or how text is laid out. All others can do more. */
const harmlessDotNames =
  /^\.(?:(?:git|docker|prettier|eslint|npm|vscode|stylelint|hg|helm|gcloud|slug|cf|rg)?ignore|git-?keep|keep|editorconfig|mailmap|(?:nvmrc|node-version|python-version|ruby-version|tool-versions)|env\.(?:example|sample|template))$/u;

/**
 * Files without a dot that programs run or follow without being asked: editors and language servers when a folder is
 * opened, interpreters when they start, agents, and build servers.
 */
const protectedNames: readonly RegExp[] = [
  /^(?:tasks|launch)\.json$|\.code-workspace$|^mcp\.json$|\.mcp\.json$/u,
  /^(?:site|user)customize\.py$|\.pth$|^build\.rs$|^conftest\.py$/u,
  /^(?:agents|claude|gemini|copilot-instructions)(?:\.local|\.override)?\.md$/u,
  /^(?:eslint|prettier|stylelint|tailwind|postcss|svelte|astro|biome|lefthook|lint-staged)\.config\.[cm]?[jt]s(?:on)?$/u,
  /^(?:lefthook|azure-pipelines|bitbucket-pipelines|appveyor)\.ya?ml$|^jenkinsfile$/u,
];

/** A short name of Windows, such as `GITHUB~1`, is any longer one. */
const shortName = /~\d+(?:\.|$)/u;

/** Whether a file there can run something by being there, or steer what does: the user is asked first. */
export function isProtected(segments: readonly string[]): boolean {
  return segments.some((segment) => {
    const name = segment.normalize('NFKC').toLowerCase();
    if (name.startsWith('.')) return !harmlessDotNames.test(name);
    return shortName.test(name) || protectedNames.some((pattern) => pattern.test(name));
  });
}
