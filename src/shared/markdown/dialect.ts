import createMarkdownIt from 'markdown-it';
import type { MarkdownIt, StateCore, Token } from 'markdown-it';
import cjkFriendly from 'markdown-it-cjk-friendly';
import { addBlockRules } from './blockRules';
import { addDetailsRule } from './detailsBlock';
import { addInlineRules } from './inlineRules';
import { formatFileTarget, parseLinkTarget } from './linkTargets';
import { addMathRules } from './mathRules';
import { addTableRule } from './tables';

/**
 * The Markdown of models: CommonMark with tables, strikethrough, and formulas, read as models mean it. The page,
 * the code blocks of the host, comment threads, and exports use it, so that they agree on every block.
 *
 * HTML is text, but for a few harmless tags. A link is a `link_open` token with an `href` that may be opened, or
 * one with the tag `span` and `data-file` or `data-heading`; the words of any other link are text.
 */
export function createDialect(): MarkdownIt {
  const md = createMarkdownIt('default', { html: false, linkify: true, typographer: false });
  md.use(cjkFriendly);
  // The rule for addresses below does it, in the text where they are.
  md.core.ruler.disable('linkify');
  addTableRule(md);
  addBlockRules(md);
  addMathRules(md);
  addDetailsRule(md);
  addInlineRules(md);
  const normalizeLink = md.normalizeLink.bind(md);
  md.normalizeLink = (url) => (isWeb(url) ? normalizeLink(url) : url);
  md.validateLink = () => true;
  md.core.ruler.push('link_targets', resolveLinks);
  return md;
}

function isWeb(url: string): boolean {
  return /^(?:https?:|mailto:)/iu.test(url);
}

function resolveLinks({ tokens }: StateCore): void {
  for (const token of tokens) {
    if (token.children?.some(({ type }) => type === 'link_open')) {
      token.children = resolveTargets(token.children);
    }
  }
}

function resolveTargets(tokens: readonly Token[]): Token[] {
  const opened: (Token | undefined)[] = [];
  const result: Token[] = [];
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const link = resolveLink(token);
      opened.push(link);
      if (link) result.push(link);
    } else if (token.type === 'link_close') {
      const link = opened.pop();
      if (!link) continue;
      token.tag = link.tag;
      result.push(token);
    } else {
      result.push(token);
    }
  }
  return result;
}

/** Undefined if only the words of the link are shown. */
function resolveLink(token: Token): Token | undefined {
  const target = parseLinkTarget(String(token.attrGet('href') ?? ''));
  switch (target.kind) {
    case 'web':
      return token;
    case 'none':
      return undefined;
    case 'file':
      token.tag = 'span';
      token.attrs = [['data-file', formatFileTarget(target.file)]];
      return token;
    case 'heading':
      token.tag = 'span';
      token.attrs = [['data-heading', target.slug]];
      return token;
  }
}
