import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { launchBrowser } from '../support/browser';
import { drawIcon } from '../support/package';
import { inRepo } from '../support/folders';

/** Both pictures' sizes, and by how much of the full range a channel of a pixel differs in the mean. */
async function compare(
  pictures: readonly Buffer[],
): Promise<{ sizes: number[]; difference: number }> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const sources = pictures.map((png) => `data:image/png;base64,${png.toString('base64')}`);
    return await page.evaluate(comparePixels, sources);
  } finally {
    await browser.close();
  }
}

/** Runs in the page. */
async function comparePixels(
  sources: readonly string[],
): Promise<{ sizes: number[]; difference: number }> {
  const sizes: number[] = [];
  const pixels: Uint8ClampedArray[] = [];
  for (const source of sources) {
    const image = new Image();
    image.src = source;
    await image.decode();
    sizes.push(image.width, image.height);
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context?.drawImage(image, 0, 0);
    const data = context?.getImageData(0, 0, image.width, image.height).data;
    if (data !== undefined) pixels.push(data);
  }
  const [one = new Uint8ClampedArray(), other = new Uint8ClampedArray()] = pixels;
  const sum = one.reduce((total, value, at) => total + Math.abs(value - (other[at] ?? 255)), 0);
  return { sizes, difference: sum / (one.length * 255) };
}

describe('the icon of the gallery', () => {
  it('is what `npm run icon` draws of media/cria.svg', async () => {
    const kept = await readFile(inRepo('media', 'icon.png'));
    const { sizes, difference } = await compare([kept, await drawIcon()]);
    assert.deepEqual(sizes, [256, 256, 256, 256]);
    // Another version of the browser may draw edges a little differently.
    assert.ok(difference < 0.005, `they differ by ${difference}: run npm run icon`);
  });
});
