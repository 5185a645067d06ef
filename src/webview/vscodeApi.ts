import type { FromWebview } from '../shared/protocol';

/** What VS Code gives a page; it can be asked for once. */
interface VsCodeApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export type { VsCodeApi };
export const vscodeApi: VsCodeApi = acquireVsCodeApi();
