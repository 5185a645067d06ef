import { readdirSync } from 'node:fs';
import path from 'node:path';
import { inRepo } from '../support/folders';
import { readText } from './manifest';

export interface SourceFile {
  /** Relative to src, with slashes. */
  readonly name: string;
  readonly text: string;
}

/** Every TypeScript file of src. */
export function sourceFiles(): readonly SourceFile[] {
  return readdirSync(inRepo('src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      name: name.replaceAll(path.sep, '/'),
      text: readText('src', name),
    }));
}
