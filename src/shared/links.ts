import { isOwnNetwork } from './ownNetwork';

/**
 * Whether `href` of a model's answer may be a link: http and https to a public host without a user name,
 * and mailto without a query (a query can write the whole mail). Everything else stays text. Pure.
 */
export function isLinkable(href: string): boolean {
  if (!/^(?:https?:\/\/|mailto:)/iu.test(href) || !URL.canParse(href)) return false;
  const url = new URL(href);
  if (url.protocol === 'mailto:') return url.search === '' && url.pathname.includes('@');
  return url.username === '' && url.password === '' && !isOwnNetwork(url.hostname);
}
