import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { firstPrompt } from '../../../src/explain/explainPrompt';
import { HumanError } from '../humanError';

/** The prompt that *Explain Selection* sends for `FILE`, `FILE:12` or `FILE:1-20`. */
export function explainPrompt(target: string): string {
  const [, file = target, from, to] = /^(.*?)(?::(\d+)(?:-(\d+))?)?$/u.exec(target) ?? [];
  if (!existsSync(file)) throw new HumanError(`There is no file ${file}.`);
  const lines = readFileSync(file, 'utf8').split('\n');
  const firstLine = Number(from ?? 1);
  const lastLine = Math.min(Number(to ?? from ?? lines.length), lines.length);
  if (firstLine < 1 || firstLine > lastLine) {
    throw new HumanError(`${file} has ${lines.length} lines; write for example ${file}:1-20.`);
  }
  const code = lines.slice(firstLine - 1, lastLine).join('\n');
  const language = path.extname(file).slice(1) || 'plaintext';
  return firstPrompt({ code, language, path: file, firstLine, lastLine }, Infinity);
}
