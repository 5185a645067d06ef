// `npm run docs`: writes the table of the settings in the README.
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { withSettings } from '../support/docs/settingsTable';
import { inRepo } from '../support/paths';

const file = inRepo('README.md');
const readme = withSettings(await readFile(file, 'utf8'));
await writeFile(file, await format(readme, { ...(await resolveConfig(file)), filepath: file }));
