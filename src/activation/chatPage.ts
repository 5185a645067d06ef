import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageHtml, pageLanguage } from '../chat/pageHtml';

/** Sets the webview's HTML. Its messages are received once the chat is connected to it. */
export function showPage(webview: vscode.Webview, extensionUri: vscode.Uri): void {
  webview.options = {
    enableScripts: true,
    localResourceRoots: ['dist', 'media'].map((name) => vscode.Uri.joinPath(extensionUri, name)),
  };
  webview.html = renderPage(webview, extensionUri);
}

/** The chat view's document; all its files come from the extension's folders. */
function renderPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const uri = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...path)).toString();
  const { tag, bundle } = pageLanguage(vscode.env.language);
  return pageHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(18).toString('base64'),
    pageUri: uri('dist', 'page.js'),
    cssUri: uri('media', 'page.css'),
    codiconCssUri: uri('dist', 'codicon.css'),
    language: tag,
    textsUri: bundle === undefined ? undefined : uri('dist', bundle),
  });
}
