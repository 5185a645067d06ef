import createMarkdownIt, { type Token } from 'markdown-it';
import type { CommandId } from '../ui/commandIds';

export interface ReportButton {
  /** The line to whose part it belongs, from 0. */
  readonly line: number;
  /** May begin with an icon, such as `$(copy)`. */
  readonly title: string;
  readonly command: CommandId;
  readonly arguments?: readonly unknown[];
}

export interface ReportHtmlOptions {
  /** `webview.cspSource`, the origin of the extension's files. */
  readonly cspSource: string;
  readonly cssUris: readonly string[];
  /** A BCP 47 tag. */
  readonly language: string;
  readonly text: string;
  readonly buttons: readonly ReportButton[];
}

// What a server says is in the text: it becomes no HTML, link, or image.
const markdown = createMarkdownIt('commonmark', { html: false });
markdown.disable(['link', 'image', 'autolink', 'reference']);

/** A report as a document without scripts: its buttons are links to commands. */
export function reportHtml(options: ReportHtmlOptions): string {
  const { cspSource, cssUris, language, text, buttons } = options;
  const policy = `default-src 'none'; style-src ${cspSource}; font-src ${cspSource}`;
  const styles = cssUris.map((uri) => `<link rel="stylesheet" href="${escapeHtml(uri)}" />`);
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}" />
    <title>Cria</title>
    ${styles.join('\n    ')}
  </head>
  <body>
<main>${renderReport(text, buttons)}</main>
  </body>
</html>
`;
}

/** The buttons of a line are below the text that begins there. */
export function renderReport(text: string, buttons: readonly ReportButton[]): string {
  const waiting = new Map<number, ReportButton[]>();
  for (const button of buttons) {
    waiting.set(button.line, [...(waiting.get(button.line) ?? []), button]);
  }
  const tokens = markdown.parse(text, {});
  const render = (some: readonly Token[]): string =>
    markdown.renderer.render([...some], markdown.options, {});
  let html = '';
  let start = 0;
  for (const [index, { type, map }] of tokens.entries()) {
    const own = type === 'inline' ? waiting.get(map?.[0] ?? -1) : undefined;
    if (!own) continue;
    // The end of the heading or paragraph comes first.
    html += render(tokens.slice(start, index + 2)) + renderButtons(own);
    start = index + 2;
  }
  return html + render(tokens.slice(start));
}

function renderButtons(buttons: readonly ReportButton[]): string {
  return `<p class="buttons">${buttons.map(renderButton).join('\n')}</p>\n`;
}

function renderButton({ title, command, arguments: args = [] }: ReportButton): string {
  const { icon, label = title } =
    /^\$\((?<icon>[a-z-]+)\) (?<label>.*)$/su.exec(title)?.groups ?? {};
  const image =
    icon === undefined ? '' : `<span class="codicon codicon-${icon}" aria-hidden="true"></span> `;
  const target = `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
  return `<a class="button" role="button" href="${escapeHtml(target)}">${image}${escapeHtml(label)}</a>`;
}

function escapeHtml(text: string): string {
  return markdown.utils.escapeHtml(text);
}
