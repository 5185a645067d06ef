// Runs bundled tests in this process: `mocha.mjs unit/ollama`, `mocha.mjs e2e/explain`: a folder, or
// one file without its ending. `npm test` starts it once for each part, so that none can disturb
// another.
import { existsSync } from 'node:fs';
import { inRepo } from '../support/paths';
import { findTests, runMocha } from '../support/runMocha';

/** Per test, in milliseconds: a net under tests that hang, on a machine that does other things, too. */
const timeouts: Record<string, number> = { unit: 60_000, contract: 60_000, e2e: 150_000 };

const [tests = ''] = process.argv.slice(2);
const file = inRepo('.cache', 'test', `${tests}.test.mjs`);
const grep = process.env['CRIA_TEST_GREP'];
const countsFile = process.env['CRIA_TEST_COUNTS'];
const { failures } = await runMocha({
  files: existsSync(file) ? [file] : await findTests(inRepo('.cache', 'test', tests)),
  timeout: timeouts[tests.split('/')[0] ?? ''] ?? 60_000,
  ...(grep ? { grep } : {}),
  ...(countsFile ? { countsFile } : {}),
});
process.exit(failures.length === 0 ? 0 : 1);
