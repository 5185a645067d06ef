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

const statement = /^(?:import|export)\b[^;'"]*?\bfrom '([^']+)'/gmu;
const call = /\bimport\('([^']+)'\)/gu;

/** What a file imports or exports on, as it is written there. */
export function importsOf({ text }: SourceFile): readonly string[] {
  return [statement, call].flatMap((form) =>
    [...text.matchAll(form)].map(([, specifier = '']) => specifier),
  );
}
