import type { FromWebview } from '../../shared/protocol';
import { type CodeColors, type TokenStyle, tokenScopes } from '../../shared/tokenScopes';
import { createElement } from '../dom';
import type { highlight } from '../highlighter';
import { sanitize } from './sanitizer';

/** Longer code, in UTF-16 code units, is never highlighted in one piece: it would block the page. */
const maxCodeLength = 20_000;
/** As much is highlighted at a time while code arrives, and again with each line that belongs to it. */
const maxPieceLength = 2_000;
/** Lines that the browser lays out together. */
const linesPerGroup = 32;
/** How long a task may highlight, in milliseconds; at least one piece is done in each. */
const taskMs = 8;
const cacheSize = 200;

/** The languages whose keys look different from the properties of a program, for {@link tokenScopes}. */
const keyClasses: ReadonlyMap<string, string> = new Map([
  ...['json', 'jsonc', 'json5'].map((language) => [language, 'json'] as const),
  ...['yaml', 'yml'].map((language) => [language, 'yaml'] as const),
  ...['ini', 'toml'].map((language) => [language, 'ini'] as const),
]);

/** HTML by language and text; empty for unknown languages. */
const cache = new Map<string, string>();

/**
 * The code of a block, in the colors of its language, which is never guessed. While it is written, its complete lines
 * are highlighted piece by piece: a piece ends where nothing is open, such as a comment, so that what follows does not
 * depend on it. The end of the code decides: where the pieces differ from the whole, the whole is shown.
 */
export class HighlightedCode {
  readonly element = createElement('code');
  readonly #language: string;
  #text = '';
  /** What is not in a finished piece. */
  #rest = '';
  /** What is not highlighted yet. */
  readonly #plain = document.createTextNode('');
  #finishedHtml = '';
  /** The beginning of a piece of which more may follow. */
  #begun: Piece = nothing;
  #group: HTMLElement | undefined;
  #linesInGroup = 0;
  #isEnded = false;
  #isScheduled = false;
  #isKnown: boolean;

  /** @param language as written after the fence */
  constructor(language: string) {
    this.#language = language;
    this.#isKnown = language !== '';
    const keyClass = keyClasses.get(language.toLowerCase());
    if (keyClass !== undefined) this.element.classList.add(keyClass);
    this.element.append(this.#plain);
  }

  get text(): string {
    return this.#text;
  }

  append(text: string): void {
    this.#text += text;
    this.#rest += text;
    this.#plain.appendData(text);
    if (text.includes('\n')) this.#schedule();
  }

  /** Call when no more text follows. */
  end(): void {
    this.#isEnded = true;
    if (!this.#isKnown) return;
    if (this.#text.length > maxCodeLength) {
      this.#schedule();
      return;
    }
    const key = `${this.#language}\n${this.#text}`;
    const known = cache.get(key);
    // A failed import is reported by the page as an unhandled rejection.
    if (known === undefined) void this.#highlightWhole(key);
    else if (known !== '') this.#show(known);
  }

  async #highlightWhole(key: string): Promise<void> {
    const highlightCode = await loadHighlighter();
    // Both steps take time: run each in a task after the frame that closed the fence.
    await nextTask();
    const html = highlightCode(this.#language, this.#text)?.html ?? '';
    addToCache(key, html);
    await nextTask();
    if (html !== '') this.#show(html);
  }

  /** Replaces only what differs: code after the finished pieces is highlighted as if nothing came before it. */
  #show(html: string): void {
    if (!html.startsWith(this.#finishedHtml)) {
      this.element.replaceChildren(sanitize(html));
      return;
    }
    const rest = html.slice(this.#finishedHtml.length);
    if (this.#plain.length === 0 && rest === this.#begun.html) return;
    for (const node of this.#begun.nodes) node.remove();
    this.#plain.replaceWith(sanitize(rest));
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#isKnown) return;
    this.#isScheduled = true;
    void this.#highlightPieces();
  }

  async #highlightPieces(): Promise<void> {
    const highlightCode = await loadHighlighter();
    await nextTask();
    this.#isScheduled = false;
    // The end highlights code of this length as a whole.
    if (this.#isEnded && this.#text.length <= maxCodeLength) return;
    const start = performance.now();
    let isMore = this.#highlightPiece(highlightCode);
    while (isMore && performance.now() - start < taskMs) {
      isMore = this.#highlightPiece(highlightCode);
    }
    if (isMore) this.#schedule();
  }

  /** Highlights the next piece as far as its lines are complete. @returns whether there may be more to do */
  #highlightPiece(highlightCode: typeof highlight): boolean {
    const length = getPieceLength(this.#rest);
    const code = this.#rest.slice(0, length);
    // What the reader has selected stays selected: it is highlighted later.
    if (length === 0 || this.#isSelected()) return false;
    if (length === this.#begun.length) {
      const isLast = this.#rest.lastIndexOf('\n') < length;
      // Its next line is too long for it.
      if (!isLast) this.#finishPiece(code);
      return !isLast;
    }
    const found =
      length > maxPieceLength
        ? { html: escapeHtml(code), isClosed: true }
        : highlightCode(this.#language, code);
    this.#isKnown = found !== undefined;
    if (!found) return false;
    this.#replaceBegun({ length, html: found.html, nodes: [...sanitize(found.html).childNodes] });
    if (found.isClosed || length * 2 > maxPieceLength) this.#finishPiece(code);
    return true;
  }

  #replaceBegun(piece: Piece): void {
    if (!this.#group) {
      this.#group = createElement('span', { class: 'code-lines' });
      this.#plain.before(this.#group);
    }
    for (const node of this.#begun.nodes) node.remove();
    this.#group.append(...piece.nodes);
    this.#plain.deleteData(0, piece.length - this.#begun.length);
    this.#begun = piece;
  }

  #finishPiece(code: string): void {
    this.#rest = this.#rest.slice(code.length);
    this.#finishedHtml += this.#begun.html;
    this.#begun = nothing;
    this.#linesInGroup += code.split('\n').length - 1;
    if (this.#linesInGroup < linesPerGroup) return;
    this.#group = undefined;
    this.#linesInGroup = 0;
  }

  #isSelected(): boolean {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return false;
    return [this.#plain, ...this.#begun.nodes].some((node) => selection.containsNode(node, true));
  }
}

/** Highlighted code. */
interface Piece {
  readonly length: number;
  readonly html: string;
  readonly nodes: readonly ChildNode[];
}
const nothing: Piece = { length: 0, html: '', nodes: [] };

/** The length of the complete lines of `code`, up to the limit of a piece; a longer line is a piece for itself. */
function getPieceLength(code: string): number {
  const end = code.lastIndexOf('\n') + 1;
  if (end <= maxPieceLength) return end;
  const limit = code.lastIndexOf('\n', maxPieceLength - 1) + 1;
  return limit > 0 ? limit : code.indexOf('\n') + 1;
}

/** Code in which nothing is highlighted. */
function escapeHtml(code: string): string {
  return code.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

async function nextTask(): Promise<void> {
  return new Promise((go) => setTimeout(go));
}

function addToCache(key: string, html: string): void {
  cache.set(key, html);
  const [oldest] = cache.keys();
  if (cache.size > cacheSize && oldest !== undefined) cache.delete(oldest);
}

let loading: Promise<typeof highlight> | undefined;

/** The highlighter is a separate bundle, loaded with the first line of code. */
async function loadHighlighter(): Promise<typeof highlight> {
  loading ??= import('../highlighter').then((module) => module.highlight);
  return loading;
}

/** Gives code the colors of the editor: tells the host which theme VS Code shows, and applies what it answers. */
export class CodeTheme {
  readonly #post: (message: FromWebview) => void;
  readonly #sheet = new CSSStyleSheet();
  #told = '';

  constructor(post: (message: FromWebview) => void) {
    this.#post = post;
    document.adoptedStyleSheets.push(this.#sheet);
    const observer = new MutationObserver(() => this.tell());
    observer.observe(document.body, { attributeFilter: ['data-vscode-theme-id'] });
  }

  /** Call when the host listens. */
  tell(): void {
    const theme = document.body.dataset['vscodeThemeId'] ?? '';
    if (theme === this.#told) return;
    this.#told = theme;
    this.#post({ type: 'themeShown', theme: theme.slice(0, 256) });
  }

  /** @param colors undefined: those of the style sheet */
  show(colors: CodeColors | undefined): void {
    while (this.#sheet.cssRules.length > 0) this.#sheet.deleteRule(0);
    for (const selector of colors ? Object.keys(tokenScopes) : []) {
      const at = this.#sheet.insertRule(
        `.code-block pre ${selector} {}`,
        this.#sheet.cssRules.length,
      );
      const rule = this.#sheet.cssRules[at];
      if (rule instanceof CSSStyleRule) applyStyle(rule.style, colors?.[selector] ?? {});
    }
  }
}

function applyStyle(rule: CSSStyleDeclaration, style: TokenStyle): void {
  rule.color = style.color ?? 'var(--vscode-editor-foreground)';
  rule.fontStyle = style.isItalic ? 'italic' : 'normal';
  rule.fontWeight = style.isBold ? 'bold' : 'inherit';
  rule.textDecoration = style.isUnderlined ? 'underline' : 'none';
}
