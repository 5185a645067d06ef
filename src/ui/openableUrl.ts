import { isOwnNetwork } from '../shared/ownNetwork';

/**
 * The address a model's link may be opened at, or undefined when it stays text: http and https to
 * public hosts without credentials, and mail addresses without anything to fill in.
 */
export function openableUrl(href: string): URL | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  if (url.protocol === 'mailto:') return isPlainMail(url) ? url : undefined;
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  if (!web || url.username !== '' || url.password !== '') return undefined;
  return isOwnNetwork(url.hostname) ? undefined : url;
}

/** A query could write the whole mail. */
function isPlainMail({ search, hash, pathname }: URL): boolean {
  return search === '' && hash === '' && pathname.includes('@');
}
