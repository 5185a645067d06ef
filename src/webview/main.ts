import type { ToWebview } from '../shared/protocol';
import { Page } from './page';
import { reportPageErrors } from './pageErrors';
import { vscodeApi } from './vscodeApi';

reportPageErrors((message) => vscodeApi.postMessage(message));

const page = new Page(pageRoot(), vscodeApi);
// Only VS Code can reach this window, and only our own host posts through it.
window.addEventListener('message', ({ data }: MessageEvent<ToWebview>) => page.receive(data));
vscodeApi.postMessage({ type: 'ready' });

function pageRoot(): HTMLElement {
  const root = document.getElementById('page');
  if (!root) throw new Error('The page has no root element.');
  return root;
}
