import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { inRepo } from '../paths';
import { bundle } from './bundles';

/** A made-up origin; every request to it is answered here, every other one is refused and counted. */
export const origin = 'https://page.test';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.ttf': 'font/ttf',
};

const icons = (name: string): string => inRepo('node_modules/@vscode/codicons/dist', name);

/** What the origin serves beside the documents of the tests. */
const files: Readonly<Record<string, () => Promise<string | Buffer>>> = {
  '/dist/page.js': async () => bundle('src/webview/main.ts'),
  '/dist/highlighter.js': async () => bundle('src/webview/highlighter.ts'),
  '/dist/planDetails.js': async () => bundle('src/webview/composer/planDetails.ts'),
  '/dist/texts.de.js': async () => bundle('src/webview/texts/de.ts', 'criaTexts'),
  '/dist/texts.zh-cn.js': async () => bundle('src/webview/texts/zhCn.ts', 'criaTexts'),
  '/dist/markdown.js': async () => bundle('test/support/page/markdownEntry.ts'),
  '/dist/bench.js': async () => bundle('test/support/page/benchEntry.ts'),
  '/dist/codicon.css': async () => readFile(icons('codicon.css')),
  '/dist/codicon.ttf': async () => readFile(icons('codicon.ttf')),
  '/media/page.css': async () => readFile(inRepo('media/page.css')),
  '/media/markdown.css': async () => readFile(inRepo('media/markdown.css')),
};

const made = new Map<string, Promise<string | Buffer>>();

/**
 * Answers all requests of `page`.
 * @param html the document at the origin's root
 * @returns the addresses outside the origin that were asked for
 */
export async function serveSite(page: Page, html: string): Promise<readonly string[]> {
  const foreign: string[] = [];
  await page.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    const file = files[url.pathname];
    if (url.origin !== origin) {
      foreign.push(url.href);
      await route.abort();
    } else if (url.pathname === '/') {
      await route.fulfill({ body: html, contentType: types['.html'] ?? '' });
    } else if (file) {
      const body = made.get(url.pathname) ?? file();
      made.set(url.pathname, body);
      const contentType = types[path.extname(url.pathname)] ?? '';
      await route.fulfill({ body: await body, contentType });
    } else {
      await route.fulfill({ status: 404, body: '' });
    }
  });
  return foreign;
}
