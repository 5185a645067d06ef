export interface PageHtmlOptions {
  /** `webview.cspSource`, the origin of the extension's files. */
  readonly cspSource: string;
  /** Random for each page. */
  readonly nonce: string;
  readonly pageUri: string;
  readonly cssUri: string;
  readonly codiconCssUri: string;
  /** Language of the page's texts, a BCP 47 tag. */
  readonly language: string;
  /** How the user wants the page: read by it from the root element. */
  readonly look?: PageLook;
  /** Script with the texts; absent for English, which is built in. */
  readonly textsUri?: string | undefined;
}

export interface PageLook {
  /** The value of `cria.sendKey`. */
  readonly sendKey: string;
  /** VS Code's settings for its own chat; absent where they do not exist. The size is in pixels. */
  readonly fontSize?: number | undefined;
  readonly fontFamily?: string | undefined;
  /** Whether code is wrapped. */
  readonly wrapsCode?: boolean;
}

/**
 * The chat page's document. Its content security policy allows only the page's own scripts and their
 * imports; nothing is loaded from elsewhere, and text becomes markup only through the sanitizer's Trusted
 * Types policy.
 */
export function pageHtml(options: PageHtmlOptions): string {
  const { nonce, pageUri, cssUri, codiconCssUri, language, textsUri } = options;
  const own = `nonce="${attribute(nonce)}" src`;
  const texts = textsUri === undefined ? '' : `<script ${own}="${attribute(textsUri)}"></script>`;
  return `<!doctype html>
<html lang="${attribute(language)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${attribute(contentPolicy(options))}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Cria</title>
    <link rel="stylesheet" href="${attribute(codiconCssUri)}" />
    <link rel="stylesheet" href="${attribute(cssUri)}" />
  </head>
  <body>
    <main id="page"${options.look ? lookAttributes(options.look) : ''}></main>
    ${texts}<script type="module" ${own}="${attribute(pageUri)}"></script>
  </body>
</html>
`;
}

function lookAttributes({ sendKey, fontSize, fontFamily, wrapsCode }: PageLook): string {
  const size = fontSize === undefined ? '' : ` data-font-size="${fontSize}"`;
  const family = fontFamily === undefined ? '' : ` data-font-family="${attribute(fontFamily)}"`;
  const wrap = wrapsCode === true ? ' data-wraps-code=""' : '';
  return ` data-send-key="${attribute(sendKey)}"${size}${family}${wrap}`;
}

function contentPolicy({ cspSource, nonce }: PageHtmlOptions): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types dompurify`,
  ].join('; ');
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

export interface PageLanguage {
  /** A BCP 47 tag. */
  readonly tag: string;
  /** Bundle with the texts; absent if they are built into the page. */
  readonly bundle?: string;
}

/** The page's languages besides English, by VS Code's locale. */
const languages: ReadonlyMap<string, PageLanguage> = new Map([
  ['de', { tag: 'de', bundle: 'texts.de.js' }],
  ['zh-cn', { tag: 'zh-CN', bundle: 'texts.zh-cn.js' }],
]);

/** The page's language for VS Code's display language. */
export function pageLanguage(displayLanguage: string): PageLanguage {
  return languages.get(displayLanguage.toLowerCase()) ?? { tag: 'en' };
}
