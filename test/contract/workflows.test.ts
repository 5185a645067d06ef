import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { inRepo } from '../support/folders';

const folder = inRepo('.github', 'workflows');

describe('a workflow', () => {
  it('runs only scripts that there are', async () => {
    const { scripts } = JSON.parse(await readFile(inRepo('package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    const texts = await Promise.all(
      (await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8')),
    );
    const named = texts.flatMap((text) =>
      [...text.matchAll(/npm run (?<script>[\w:-]+)/gu)].map(({ groups }) => groups?.['script']),
    );
    assert.ok(named.includes('test:integration'));
    assert.deepEqual(
      named.filter((script) => script === undefined || !(script in scripts)),
      [],
    );
  });
});
