import type { FromWebview, ToWebview } from '../shared/protocol';
import { Page } from './page';
import { vscodeApi } from './viewState';

reportPageErrors((message) => vscodeApi.postMessage(message));

const page = new Page(findPageRoot(), vscodeApi);
// Only VS Code can reach this window, and only our own host posts through it.
window.addEventListener('message', ({ data }: MessageEvent<ToWebview>) => page.receive(data));
vscodeApi.postMessage({ type: 'ready' });

function findPageRoot(): HTMLElement {
  const root = document.getElementById('page');
  if (!root) throw new Error('The page has no root element.');
  return root;
}

/** Tells the host of every error that nothing caught and of everything the page's policy refused. */
export function reportPageErrors(post: (message: FromWebview) => void): void {
  const report = (message: string, detail?: string): void =>
    post({
      type: 'pageError',
      message: message.slice(0, 4096),
      ...(detail !== undefined && { detail: detail.slice(0, 16_384) }),
    });
  window.addEventListener('error', ({ message, error }) => report(message, getStack(error)));
  window.addEventListener('unhandledrejection', ({ reason }) =>
    report(String(reason), getStack(reason)),
  );
  document.addEventListener('securitypolicyviolation', (event) =>
    report(
      `Content Security Policy: ${event.effectiveDirective} refused ${event.blockedURI}`,
      `${event.sourceFile}:${event.lineNumber} ${event.sample}`,
    ),
  );
}

function getStack(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
