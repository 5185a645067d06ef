import * as vscode from 'vscode';
import type { ConnectionState, ServerIdentity } from '../conversation/ports';
import { originIn } from './failureMessages';

const { t } = vscode.l10n;

/** The program and its version, such as `vLLM 0.32.0`. */
export function serverName({ api, name, version }: ServerIdentity): string {
  const program = name ?? (api === 'ollama' ? 'Ollama' : t('OpenAI-compatible server'));
  return version === undefined ? program : `${program} ${version}`;
}

/** `vLLM 0.32.0 at gpu01:8000`; undefined while the server, or what it is, is not known. */
export function serverPlace(state: ConnectionState, origin: string): string | undefined {
  if (state.kind !== 'connected' || !state.server) return undefined;
  return t('{0} at {1}', serverName(state.server), originIn(origin));
}
