// Runs the bundled tests of one folder in this process: `mocha.mjs unit|contract|e2e`.
// `npm test` starts it once for each tier, so that a tier cannot disturb the next.
import { inRepo } from '../support/paths';
import { findTests, runMocha } from '../support/runMocha';

/** Per test, in milliseconds: a net under tests that hang. */
const timeouts: Record<string, number> = { unit: 10_000, contract: 30_000, e2e: 150_000 };

const [tier = ''] = process.argv.slice(2);
const grep = process.env['CRIA_TEST_GREP'];
const countsFile = process.env['CRIA_TEST_COUNTS'];
const { failed } = await runMocha({
  files: await findTests(inRepo('.cache', 'test', tier)),
  timeout: timeouts[tier] ?? 10_000,
  ...(grep ? { grep } : {}),
  ...(countsFile ? { countsFile } : {}),
});
process.exit(failed === 0 ? 0 : 1);
