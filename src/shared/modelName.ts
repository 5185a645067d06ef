/** The name with its tag, in lower case, for comparing. */
export function fullName(name: string): string {
  const lower = name.trim().toLowerCase();
  return /:[^/]*$/u.test(lower) ? lower : `${lower}:latest`;
}

/** Whether two names mean the same model: the tag `latest` may be left out, letter case does not count. */
export function sameModel(one: string, other: string): boolean {
  return fullName(one) === fullName(other);
}

/** Whether the name says that the answer is computed on ollama.com. */
export function isCloudName(name: string): boolean {
  return /[:-]cloud$/iu.test(name);
}
