import * as vscode from 'vscode';
import type { ConnectionState, ModelList, ServerIdentity } from '../conversation/ports';
import { maxListedModels, maxNameLength } from '../http/limits';
import { originIn } from './failureMessages';
import { whole } from './formatNumbers';

const { t } = vscode.l10n;

/** The program and its version, such as `vLLM 0.32.0`. */
export function serverName({ api, name, version }: ServerIdentity): string {
  const program = name ?? (api === 'ollama' ? 'Ollama' : t('OpenAI-compatible server'));
  return version === undefined ? program : `${program} ${version}`;
}

/** Says that models of the server are left out; undefined: none are. */
export function describeNotListed({ notListed = 0 }: ModelList): string | undefined {
  if (notListed === 0) return undefined;
  return t(
    'Models not shown: {0}. Cria lists up to {1} models, with names of up to {2} characters.',
    whole(notListed),
    whole(maxListedModels),
    maxNameLength,
  );
}

/** `vLLM 0.32.0 at gpu01:8000`; undefined while the server, or what it is, is not known. */
export function serverPlace(state: ConnectionState, origin: string): string | undefined {
  if (state.kind !== 'connected' || !state.server) return undefined;
  return t('{0} at {1}', serverName(state.server), originIn(origin));
}
