// `npm run icon`: draws media/icon.png, the gallery's icon, from media/cria.svg.
import { writeFile } from 'node:fs/promises';
import { drawIcon } from '../support/package/icon';
import { inRepo } from '../support/paths';

await writeFile(inRepo('media', 'icon.png'), await drawIcon());
