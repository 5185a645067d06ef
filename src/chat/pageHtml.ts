export interface PageHtmlOptions {
  /** `webview.cspSource`: where VS Code serves the extension's own files from. */
  readonly cspSource: string;
  /** Fresh for each page, never guessable. */
  readonly nonce: string;
  readonly pageUri: string;
  readonly cssUri: string;
  readonly codiconCssUri: string;
  /** The language that the page's texts are in, as a BCP 47 tag. */
  readonly language: string;
  /** The texts of that language; absent: the page has them itself, in English. */
  readonly textsUri?: string | undefined;
}

/**
 * The chat page's document. Its policy lets run only the page's own scripts, and what they
 * import; nothing is loaded from anywhere else, and text becomes markup only through the sanitizer's
 * Trusted Types policy.
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
    <main id="page"></main>
    ${texts}<script type="module" ${own}="${attribute(pageUri)}"></script>
  </body>
</html>
`;
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
  /** As a BCP 47 tag. */
  readonly tag: string;
  /** The bundle with its texts; absent: they are in the page itself. */
  readonly bundle?: string;
}

/** The languages of the page beside English, by VS Code's names for them. */
const languages: ReadonlyMap<string, PageLanguage> = new Map([
  ['de', { tag: 'de', bundle: 'texts.de.js' }],
  ['zh-cn', { tag: 'zh-CN', bundle: 'texts.zh-cn.js' }],
]);

/** The language of the page where VS Code itself speaks `displayLanguage`. */
export function pageLanguage(displayLanguage: string): PageLanguage {
  return languages.get(displayLanguage.toLowerCase()) ?? { tag: 'en' };
}
