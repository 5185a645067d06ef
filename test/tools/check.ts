// `npm run check`: types, lint, format and dead code.
import { runChecks } from '../support/checks';

const { failures } = await runChecks((text) => process.stdout.write(text));
process.exitCode = failures.length === 0 ? 0 : 1;
