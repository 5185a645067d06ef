// `npm run check`: types, lint, format and dead code.
import { runChecks } from '../support/checks';

const { failed } = await runChecks((text) => process.stdout.write(text));
process.exitCode = failed === 0 ? 0 : 1;
