import * as vscode from 'vscode';
import type { FixAction, FixButton, Notice } from '../shared/protocol';
import type { Failure, FailureKind } from '../shared/turn';
import { whole } from './formatNumbers';
import { asLabel } from '../shared/hiddenCharacters';
import { isThisMachine } from '../shared/urlPolicy';
import { translated } from './dialogs';

const { t } = vscode.l10n;

interface Words {
  readonly sentence: string;
  readonly actions: readonly FixAction[];
}

/** What a failure's sentence can name. */
interface Scene {
  readonly model: string;
  readonly origin: string;
  /** The server is on this machine, so Ollama can be started. */
  readonly isHere: boolean;
  readonly failure: Failure;
  /** The server is not Ollama, but speaks OpenAI's API. */
  readonly isOther: boolean;
}

/** For each kind of failure the sentence that says what happened, and the actions that fix it. */
const words: Record<FailureKind, (scene: Scene) => Words> = {
  invalidAddress: ({ origin }) => ({
    sentence: t('The server address {0} is invalid.', origin),
    actions: ['changeEndpoint', 'openSettings'],
  }),
  unreachable: ({ origin, isOther }) => ({
    sentence: isOther
      ? t('Could not reach the server at {0}.', origin)
      : t('Could not reach Ollama at {0}.', origin),
    actions: ['retry', 'diagnose', 'changeEndpoint'],
  }),
  refused: ({ origin, isHere, isOther }) => ({
    sentence: isOther
      ? t('No server is running at {0}.', origin)
      : t('Ollama is not running at {0}.', origin),
    actions: ['retry', isHere && !isOther ? 'startServer' : 'diagnose', 'changeEndpoint'],
  }),
  dns: ({ origin }) => ({
    sentence: t('Could not resolve the host name in {0}.', origin),
    actions: ['changeEndpoint', 'retry', 'diagnose'],
  }),
  tls: ({ origin }) => ({
    sentence: t('The certificate of {0} is not trusted on this machine.', origin),
    actions: ['diagnose', 'changeEndpoint'],
  }),
  proxy: ({ origin }) => ({
    sentence: t('The proxy between VS Code and {0} blocked the request.', origin),
    actions: ['retry', 'diagnose'],
  }),
  unauthorized: ({ origin }) => ({
    sentence: t('The server at {0} requires valid credentials.', origin),
    actions: ['setApiKey', 'diagnose'],
  }),
  forbidden: ({ origin }) => ({
    sentence: t('The server at {0} refused the request.', origin),
    actions: ['diagnose', 'changeEndpoint'],
  }),
  modelMissing: ({ model, origin, isOther }) =>
    isOther
      ? {
          sentence: t('The server at {1} does not serve the model {0}.', model, origin),
          actions: ['selectModel', 'retry', 'diagnose'],
        }
      : {
          sentence: t('Model {0} is not installed at {1}.', model, origin),
          actions: ['selectModel', 'pullModel', 'retry'],
        },
  contextOverflow: ({ failure, isOther }) => ({
    sentence: overflowSentence(failure),
    // A length that such a server has reported cannot be changed from here.
    actions:
      isOther && failure.contextLength !== undefined
        ? ['newConversation', 'selectModel', 'retry']
        : ['setContextLength', 'retry', 'newConversation'],
  }),
  outOfMemory: ({ model }) => ({
    sentence: t('Not enough memory for {0} with this context length.', model),
    actions: ['selectModel', 'setContextLength', 'retry'],
  }),
  modelCrashed: ({ model, origin, isOther }) => ({
    sentence: isOther
      ? t('The engine behind the server at {0} stopped.', origin)
      : t('The process of {0} ended unexpectedly, often because it ran out of memory.', model),
    actions: isOther
      ? ['retry', 'selectModel', 'diagnose']
      : ['retry', 'selectModel', 'openSettings', 'showLog'],
  }),
  unsupportedThink: ({ model }) => ({
    sentence: t('{0} does not support thinking.', model),
    actions: ['selectModel', 'retry'],
  }),
  unsupportedTools: ({ model }) => ({
    sentence: t('{0} does not support tools.', model),
    actions: ['selectModel', 'retry'],
  }),
  unsupportedImages: ({ model }) => ({
    sentence: t('{0} does not support images.', model),
    actions: ['selectModel'],
  }),
  unsupportedChat: ({ model }) => ({
    sentence: t('{0} does not support chat.', model),
    actions: ['selectModel'],
  }),
  cloudSignIn: ({ origin }) => ({
    sentence: t('Ollama at {0} is not signed in to ollama.com, where this model runs.', origin),
    actions: ['openAccount', 'retry', 'selectModel'],
  }),
  cloudPlan: ({ model }) => ({
    sentence: t('{0} requires a paid plan at ollama.com.', model),
    actions: ['selectModel', 'openAccount'],
  }),
  cloudQuota: () => ({
    sentence: t('The usage limit of your ollama.com account is reached.'),
    actions: ['selectModel', 'openAccount'],
  }),
  outdatedServer: ({ model, origin, failure: { version } }) => ({
    sentence:
      version === undefined
        ? t('{0} needs a newer version of Ollama than the one at {1}.', model, origin)
        : t('{0} needs a newer version of Ollama than {1}.', model, asLabel(version)),
    actions: ['getOllama', 'diagnose', 'selectModel'],
  }),
  busy: ({ origin, isOther }) => ({
    sentence: isOther
      ? t('The server at {0} is busy.', origin)
      : t('Ollama is busy: too many requests are waiting.'),
    actions: ['retry'],
  }),
  loading: ({ origin }) => ({
    sentence: t('The server at {0} is still loading its model.', origin),
    actions: ['retry'],
  }),
  emptyAnswer: ({ origin }) => ({
    sentence: t(
      'The server at {0} returned nothing. The prompt may be longer than the model’s context window.',
      origin,
    ),
    actions: ['retry', 'newConversation', 'selectModel'],
  }),
  filtered: ({ origin }) => ({
    sentence: t('A content filter of the server at {0} refused the request.', origin),
    actions: ['selectModel', 'retry'],
  }),
  noCredit: ({ origin }) => ({
    sentence: t('Your account at {0} has no credit left.', origin),
    actions: ['setApiKey', 'selectModel', 'retry'],
  }),
  gatewayTimeout: ({ origin }) => ({
    sentence: t('The proxy in front of {0} timed out.', origin),
    actions: ['retry', 'showLog'],
  }),
  redirect: ({ origin }) => ({
    sentence: t(
      'The server at {0} redirects to another address. Cria does not follow redirects.',
      origin,
    ),
    actions: ['changeEndpoint', 'diagnose'],
  }),
  protocol: ({ origin, isOther }) => ({
    sentence: isOther
      ? t('The server at {0} did not respond as an OpenAI-compatible API does.', origin)
      : t('The server at {0} is not an Ollama server.', origin),
    actions: ['changeEndpoint', 'retry', 'diagnose'],
  }),
  truncated: () => ({
    sentence: t('The answer was cut off because the connection was lost.'),
    actions: ['retry'],
  }),
  server: ({ failure, isOther }) => ({
    sentence: isOther
      ? t('{0} reported an error.', programName(failure))
      : t('Ollama reported an error.'),
    actions: ['retry', 'showLog'],
  }),
  noModel: () => ({
    sentence: t('No model selected.'),
    actions: ['selectModel'],
  }),
  cloudConsent: ({ model, origin, isOther }) => ({
    sentence: isOther
      ? t('{0} is a public server. Your messages would be sent there.', origin)
      : t('{0} runs on ollama.com. Your messages would leave your machine.', model),
    actions: ['allowCloud', 'selectModel'],
  }),
  unknownLocation: ({ model, origin }) => ({
    sentence: t(
      'The server at {0} does not report where {1} runs. Nothing was sent.',
      origin,
      model,
    ),
    actions: ['retry', 'allowCloud', 'selectModel', 'diagnose'],
  }),
  answeredElsewhere: ({ model, failure }) => ({
    sentence: t(
      'Cria stopped the answer from {0} because it came from {1}, which you have not allowed.',
      model,
      asLabel(failure.message),
    ),
    actions: ['allowCloud', 'selectModel'],
  }),
  invalidModel: ({ model }) => ({
    sentence: t('“{0}” is not a valid model name. Nothing was sent.', asLabel(model)),
    actions: ['selectModel'],
  }),
  notSaved: () => ({
    sentence: t('This chat cannot be saved. It is kept in memory only.'),
    actions: ['showLog'],
  }),
  sourceMissing: () => ({
    sentence: t('The original chat was deleted or cannot be read.'),
    actions: ['retry', 'newConversation'],
  }),
  internal: () => ({
    sentence: t('Cria encountered an internal error.'),
    actions: ['retry', 'copyReport', 'showLog'],
  }),
};

const labels: Record<FixAction, () => string> = {
  retryVaried: () => t('Retry with Repeat Penalty'),
  retry: () => t('Retry'),
  continue: () => t('Continue'),
  checkConnection: () => t('Retry'),
  changeEndpoint: () => t('Change Server Address'),
  selectModel: () => t('Select Model'),
  pullModel: () => t('Pull Model'),
  allowCloud: () => t('Allow Cloud Model'),
  startServer: () => t('Start Ollama'),
  diagnose: () => t('Diagnose Connection'),
  setApiKey: () => t('Set API Key'),
  openSettings: () => t('Open Settings'),
  setContextLength: () => t('Set Context Length'),
  useContext: () => t('Use Longer Context'),
  summarize: () => t('Summarize and Start Over'),
  newConversation: () => t('New Chat'),
  adoptConversations: () => t('Copy Chats'),
  declineAdoption: () => t('Don’t Copy'),
  openAccount: () => t('Open ollama.com'),
  getOllama: () => t('Download Ollama'),
  showLog: () => t('Show Log'),
  copyReport: () => t('Copy Report'),
};

export function fixButton(action: FixAction): FixButton {
  return { action, label: labels[action]() };
}

/** The notice for a failed answer: a sentence, buttons, and the server's own message as detail. */
export function failureNotice(failure: Failure, model: string, origin: string): Notice {
  const { sentence, actions } = words[failure.kind]({
    model: asLabel(model),
    failure,
    origin: asLabel(originIn(origin), 500),
    isHere: isThisMachine(origin),
    isOther: failure.server !== undefined,
  });
  return {
    severity: 'error',
    sentence,
    ...(saysMore(failure) ? { detail: asLabel(translated(failure.message), 2_000) } : {}),
    buttons: actions.map(fixButton),
  };
}

/** An origin without `http://`; `https` and a path are kept. */
export function originIn(origin: string): string {
  return origin.replace(/^http:\/\//u, '');
}

/** Kinds whose message is not the server's own, or is in the sentence already. */
const ownWords: ReadonlySet<FailureKind> = new Set([
  'noModel',
  'cloudConsent',
  'answeredElsewhere',
  'invalidModel',
  'notSaved',
  'sourceMissing',
  'truncated',
  'contextOverflow',
  'unreachable',
  'refused',
  'dns',
  'emptyAnswer',
]);

/** Whatever is recognized, the server's own words are shown, too. */
function saysMore({ kind, message }: Failure): boolean {
  return message !== '' && !ownWords.has(kind);
}

function programName({ server = '' }: Failure): string {
  return server === '' ? t('The server') : server;
}

function overflowSentence({ promptTokens, contextLength }: Failure): string {
  return promptTokens === undefined || contextLength === undefined
    ? t('The message does not fit in the context window.')
    : t(
        'The message needs {0} tokens, but the context window has only {1}.',
        whole(promptTokens),
        whole(contextLength),
      );
}
