import { readFile } from 'node:fs/promises';
import { launchBrowser } from '../browser';
import { inRepo } from '../paths';

/** In pixels, both ways: twice what a gallery asks for at least. */
const SIZE = 256;

/** Draws the gallery's icon, which must be a PNG: `media/cria.svg` in white, on a ground of its own. */
export async function drawIcon(): Promise<Buffer> {
  const drawing = await readFile(inRepo('media', 'cria.svg'), 'utf8');
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
    await page.setContent(`<style>
      body { margin: 0; }
      div { display: grid; place-items: center; height: 100vh; border-radius: 48px;
        color: #fff; background: #1f2937; }
      svg { width: 75%; height: 75%; }
    </style><div>${drawing}</div>`);
    return await page.screenshot({ omitBackground: true });
  } finally {
    await browser.close();
  }
}
