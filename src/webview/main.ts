import { defined } from '../shared/defined';
import type { FromWebview, ToWebview } from '../shared/protocol';
import { Page } from './page';
import { vscodeApi } from './pageDrafts';

reportPageErrors((message) => vscodeApi.postMessage(message));

applyFont(findPageRoot());
const page = new Page(findPageRoot(), vscodeApi);
// Only VS Code can post to this window, and only Cria's extension host posts through it.
window.addEventListener('message', ({ data }: MessageEvent<ToWebview>) => page.receive(data));
vscodeApi.postMessage({ type: 'ready' });

function findPageRoot(): HTMLElement {
  const root = document.getElementById('page');
  if (!root) throw new Error('The page has no root element.');
  return root;
}

/** The font of VS Code's own chat, if the user has chosen one. */
function applyFont({ dataset }: HTMLElement): void {
  const { style } = document.body;
  if (dataset['fontSize']) style.fontSize = `${dataset['fontSize']}px`;
  if (dataset['fontFamily']) style.fontFamily = dataset['fontFamily'];
}

/** Reports every uncaught error and every Content Security Policy violation to the host, which logs it. */
export function reportPageErrors(post: (message: FromWebview) => void): void {
  const report = (message: string, detail?: string): void =>
    post(
      defined({
        type: 'pageError',
        message: message.slice(0, 4096),
        detail: detail?.slice(0, 16_384),
      }),
    );
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
