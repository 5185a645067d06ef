import { existsSync } from 'node:fs';
import { inRepo } from '../support/folders';
import { readText } from './manifest';

/** A link of a document to a test: its text is the test's title, or its `describe`'s. */
export interface TestLink {
  readonly title: string;
  /** From the root of the repository, with slashes. */
  readonly file: string;
}

/** Every link of this text to a test. */
export function testLinks(text: string): readonly TestLink[] {
  return [...text.matchAll(/\[([^\]]+)\]\((test\/[^)]+)\)/gu)].map(([, title = '', file = '']) => ({
    title,
    file,
  }));
}

/** The titles that are literals in a test file. Titles built at run time do not count. */
function titlesOf(file: string): ReadonlySet<string> {
  if (!existsSync(inRepo(file))) return new Set();
  const calls = readText(file).matchAll(/\b(?:describe|it)\(\s*(['"])((?:\\.|(?!\1).)*)\1/gsu);
  return new Set([...calls].map(([, , title = '']) => title.replaceAll(/\\(.)/gsu, '$1')));
}

/** Those of the links that lead to no test. */
export function deadLinks(text: string): readonly TestLink[] {
  return testLinks(text).filter(({ title, file }) => !titlesOf(file).has(title));
}

/** The text under a second-level heading. */
export function section(text: string, heading: string): string {
  const after = text.split(`\n## ${heading}\n`)[1] ?? '';
  return after.split('\n## ', 1)[0] ?? '';
}
