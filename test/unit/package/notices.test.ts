import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundledPackages, galleryText, thirdPartyNotices } from '../../support/package';
import { temporaryFolder, type TemporaryFolder } from '../../support/folders';

describe('the notices of what is bundled', () => {
  let folder: TemporaryFolder;

  before(async () => {
    folder = await temporaryFolder('licences');
  });
  after(() => folder.remove());

  async function put(name: string, license: string | undefined, file?: string): Promise<string> {
    const at = path.join(folder.path, name);
    await mkdir(at, { recursive: true });
    await writeFile(
      path.join(at, 'package.json'),
      JSON.stringify({ name, version: '1.2.3', license }),
    );
    if (file !== undefined) await writeFile(path.join(at, file), `The licence of ${name}.\n`);
    return at;
  }

  it('find the packages in what was bundled, those inside of others too', () => {
    const inputs = [
      'src/extension.ts',
      'node_modules/one/index.js',
      'node_modules/one/other.js',
      'node_modules/@scope/two/lib/index.js',
      'node_modules/one/node_modules/three/index.js',
    ];
    const metafile = { host: { inputs: Object.fromEntries(inputs.map((name) => [name, {}])) } };
    assert.deepEqual(bundledPackages(JSON.stringify(metafile)), [
      'node_modules/@scope/two',
      'node_modules/one',
      'node_modules/one/node_modules/three',
    ]);
  });

  it('have the name, the version and the licence of each', async () => {
    const text = thirdPartyNotices([
      await put('two', '(MPL-2.0 OR Apache-2.0)', 'LICENSE-2.txt'),
      await put('one', 'MIT', 'license.md'),
    ]);
    assert.match(text, /2 packages.*one 1\.2\.3 \(MIT\)\n\nThe licence of one\./su);
    assert.match(text, /two 1\.2\.3 \(Apache-2\.0\)\n\nThe licence of two\./u);
  });

  it('refuse a licence that is not allowed, none at all, and one without its text', async () => {
    const gpl = await put('gpl', 'GPL-3.0', 'LICENSE');
    assert.throws(() => thirdPartyNotices([gpl]), /gpl has a forbidden license: GPL-3\.0/u);
    const none = await put('none', undefined, 'LICENSE');
    assert.throws(() => thirdPartyNotices([none]), /forbidden license: none/u);
    const silent = await put('silent', 'MIT');
    assert.throws(() => thirdPartyNotices([silent]), /no license text/u);
  });
});

describe('a document in a gallery', () => {
  it('has no pictures and no links to other files, only links to the web', () => {
    const markdown =
      'A [guide](docs/a.md) and [Ollama](https://ollama.com).\n\n![The panel](media/a.png)\n\nEnd, [up](#top).\n';
    assert.equal(
      galleryText(markdown),
      'A guide and [Ollama](https://ollama.com).\n\nEnd, [up](#top).\n',
    );
  });
});
