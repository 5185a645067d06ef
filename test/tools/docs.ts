// `npm run docs`: writes the settings of package.json into docs/settings.md.
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { withSettings } from '../support/docs/settingsPage';
import { inRepo } from '../support/folders';

const file = inRepo('docs', 'settings.md');
const page = withSettings(await readFile(file, 'utf8'));
await writeFile(file, await format(page, { ...(await resolveConfig(file)), filepath: file }));
