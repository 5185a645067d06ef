import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageHtml, pageLanguage } from '../chat/pageHtml';

/** Gives VS Code the page to read. What it says is heard once it is joined to a conversation. */
export function showPage(webview: vscode.Webview, extensionUri: vscode.Uri): void {
  webview.options = {
    enableScripts: true,
    localResourceRoots: ['dist', 'media'].map((name) => vscode.Uri.joinPath(extensionUri, name)),
  };
  webview.html = renderPage(webview, extensionUri);
}

/** The document of the chat view: every file in it comes from the extension's own folders. */
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
