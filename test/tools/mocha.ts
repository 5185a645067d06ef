// Runs bundled tests in this process: `mocha.mjs unit/ollama`, `mocha.mjs e2e/explain`: a folder, or one
// file without its ending. `npm test` starts it once for each part.
import { existsSync } from 'node:fs';
import { inRepo } from '../support/folders';
import { runMocha } from '../support/mocha';

const [tests = ''] = process.argv.slice(2);
const file = inRepo('.cache', 'test', `${tests}.test.mjs`);
const { failures } = await runMocha({
  tests: existsSync(file) ? file : inRepo('.cache', 'test', tests),
  timeout: tests.startsWith('e2e') ? 150_000 : 60_000,
});
process.exit(failures.length === 0 ? 0 : 1);
