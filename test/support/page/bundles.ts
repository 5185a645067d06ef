import * as esbuild from 'esbuild';
import { inRepo } from '../folders';

/**
 * Bundles browser code as `esbuild.js` does, in memory, so that a test never meets an old build.
 * @param globalName where a script leaves what it exports; without one it is a module
 */
export async function bundle(entry: string, globalName?: string): Promise<string> {
  const result = await esbuild.build({
    entryPoints: [inRepo(entry)],
    external: ['./highlighter.js', './formulas.js'],
    bundle: true,
    write: false,
    platform: 'browser',
    target: 'chrome132',
    ...(globalName === undefined ? { format: 'esm' } : { format: 'iife', globalName }),
    legalComments: 'none',
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error(`${entry} gave no bundle.`);
  return file.text;
}
