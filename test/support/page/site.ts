import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { pageHtml, type PageHtmlOptions } from '../../../src/chat/pageHtml';
import { inRepo } from '../folders';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.ttf': 'font/ttf',
};

const icons = (name: string): string => inRepo('node_modules/@vscode/codicons/dist', name);

/** What the origin serves besides the documents of the tests. */
const files: Readonly<Record<string, () => Promise<string | Buffer>>> = {
  '/dist/page.js': async () => bundle('src/webview/main.ts'),
  '/dist/highlighter.js': async () => bundle('src/webview/highlighter.ts'),
  '/dist/formulas.js': async () => bundle('src/webview/formulas.ts'),
  '/dist/texts.de.js': async () => bundle('src/webview/texts/de.ts', 'criaTexts'),
  '/dist/texts.zh-cn.js': async () => bundle('src/webview/texts/zhCn.ts', 'criaTexts'),
  '/dist/markdown.js': async () => bundle('test/unit/webview/markdownEntry.ts'),
  '/dist/bench.js': async () => bundle('test/bench/panel/benchEntry.ts'),
  '/dist/codicon.css': async () => readFile(icons('codicon.css')),
  '/dist/codicon.ttf': async () => readFile(icons('codicon.ttf')),
  // A browser asks for it by itself.
  '/favicon.ico': () => Promise.resolve(''),
  '/media/page.css': async () => readFile(inRepo('media/page.css')),
  '/media/markdown.css': async () => readFile(inRepo('media/markdown.css')),
};

const made = new Map<string, Promise<string | Buffer>>();
/** The documents by their path, newest last. */
const documents = new Map<string, string>();
let origin: Promise<string> | undefined;

/** What the document loads, by its path on the site, and what else it is made with. */
type DocumentOptions = Pick<PageHtmlOptions, 'language'> & {
  readonly script: string;
  readonly texts?: string | undefined;
  readonly look?: PageHtmlOptions['look'] | undefined;
};

/**
 * Puts the chat page's document, with its policy, on its own site on this machine, from which
 * Chromium may keep what does not change.
 * @returns the document's address
 */
export async function publish({ script, texts, language, look }: DocumentOptions): Promise<string> {
  origin ??= serve();
  const site = await origin;
  const document = `/${documents.size + 1}`;
  documents.set(
    document,
    pageHtml({
      cspSource: site,
      nonce: 'bm9uY2UtZm9yLXRlc3Rz',
      language,
      ...(look && { look }),
      pageUri: `${site}${script}`,
      cssUri: `${site}/media/page.css`,
      codiconCssUri: `${site}/dist/codicon.css`,
      textsUri: texts === undefined ? undefined : `${site}${texts}`,
    }),
  );
  return `${site}${document}`;
}

/**
 * Puts a document around another, which is shown in a frame of it, as VS Code shows it.
 * @returns its address
 */
export function publishAround(address: string): string {
  const { origin: site, pathname } = new URL(address);
  const around = `${pathname}-around`;
  const frame = `<iframe src="${pathname}" title="Panel" width="330" height="700"></iframe>`;
  documents.set(around, `<!doctype html><title>Window</title><input aria-label="Editor">${frame}`);
  return `${site}${around}`;
}

async function serve(): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  server.unref();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const [pathname = ''] = url.split('?');
  const document = documents.get(pathname);
  const body = document ?? (await fileAt(pathname));
  const type = types[document === undefined ? path.extname(pathname) : '.html'];
  const cached = document === undefined ? 'max-age=3600, immutable' : 'no-store';
  response.writeHead(body === undefined ? 404 : 200, {
    ...(type !== undefined && { 'content-type': type }),
    'cache-control': cached,
  });
  response.end(body);
}

async function fileAt(pathname: string): Promise<string | Buffer | undefined> {
  const body = made.get(pathname) ?? files[pathname]?.();
  if (body) made.set(pathname, body);
  return body;
}

/**
 * Bundles browser code as `esbuild.js` does, in memory, so that a test never meets an old build.
 * @param globalName where a script leaves what it exports; without one it is a module
 */
async function bundle(entry: string, globalName?: string): Promise<string> {
  const result = await esbuild.build({
    entryPoints: [inRepo(entry)],
    external: ['./highlighter.js', './formulas.js'],
    bundle: true,
    write: false,
    platform: 'browser',
    target: 'chrome132',
    ...(globalName === undefined ? { format: 'esm' } : { format: 'iife', globalName }),
    legalComments: 'none',
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error(`${entry} gave no bundle.`);
  return file.text;
}
