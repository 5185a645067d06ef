// `npm run package [-- file]`: the VSIX, `dist/cria.vsix` where no other file is named.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '../support/process';
import { buildVsix } from '../support/package';
import { inRepo } from '../support/folders';

const [wanted] = process.argv.slice(2);
const file = wanted === undefined ? inRepo('dist', 'cria.vsix') : path.resolve(wanted);

try {
  await buildVsix(file);
  const { size } = await stat(file);
  process.stdout.write(`${path.relative(process.cwd(), file)}: ${size} bytes\n`);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
