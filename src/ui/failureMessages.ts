import * as vscode from 'vscode';
import type { FixAction, FixButton, Notice } from '../shared/protocol';
import type { Failure, FailureKind } from '../shared/turn';
import { whole } from './formatNumbers';
import { isThisMachine } from '../server/serverAddress';
import { translated } from './notifications';

const { t } = vscode.l10n;

interface Words {
  readonly sentence: string;
  readonly fixes: readonly FixAction[];
}

/** What is known around a failure, to be named in its sentence. */
interface Scene {
  readonly model: string;
  readonly origin: string;
  /** On this machine, where Ollama can be started. */
  readonly isHere: boolean;
  readonly failure: Failure;
}

/** Each kind of failure: one sentence that says what happened, and what mends it. */
const words: Record<FailureKind, (scene: Scene) => Words> = {
  unreachable: ({ origin }) => ({
    sentence: t('Ollama is not reachable at {0}.', origin),
    fixes: ['retry', 'diagnose', 'changeEndpoint'],
  }),
  refused: ({ origin, isHere }) => ({
    sentence: t('Ollama is not running: nothing answers at {0}.', origin),
    fixes: ['retry', isHere ? 'startServer' : 'diagnose', 'changeEndpoint'],
  }),
  dns: ({ origin }) => ({
    sentence: t('There is no machine by the name in {0}.', origin),
    fixes: ['changeEndpoint', 'retry', 'diagnose'],
  }),
  tls: ({ origin }) => ({
    sentence: t('The certificate of {0} is not trusted on this machine.', origin),
    fixes: ['diagnose', 'changeEndpoint'],
  }),
  proxy: ({ origin }) => ({
    sentence: t('The proxy between VS Code and {0} did not let the request through.', origin),
    fixes: ['retry', 'diagnose'],
  }),
  unauthorized: ({ origin }) => ({
    sentence: t('The server at {0} asks for credentials that Cria does not have.', origin),
    fixes: ['setApiKey', 'diagnose'],
  }),
  forbidden: ({ origin }) => ({
    sentence: t('The server at {0} refuses requests from here.', origin),
    fixes: ['diagnose', 'changeEndpoint'],
  }),
  modelMissing: ({ model, origin }) => ({
    sentence: t('The model {0} is not installed at {1}.', model, origin),
    fixes: ['selectModel', 'pullModel', 'retry'],
  }),
  contextOverflow: ({ failure }) => ({
    sentence: overflowSentence(failure),
    fixes: ['newConversation', 'openSettings'],
  }),
  outOfMemory: ({ model }) => ({
    sentence: t('There is not enough memory for {0} with this context length.', model),
    fixes: ['selectModel', 'openSettings', 'retry'],
  }),
  unsupportedThink: ({ model }) => ({
    sentence: t('{0} cannot think before it answers.', model),
    fixes: ['selectModel', 'retry'],
  }),
  unsupportedTools: ({ model }) => ({
    sentence: t('{0} cannot use tools.', model),
    fixes: ['selectModel', 'retry'],
  }),
  unsupportedImages: ({ model }) => ({
    sentence: t('{0} cannot see images.', model),
    fixes: ['selectModel'],
  }),
  unsupportedChat: ({ model }) => ({
    sentence: t('{0} is not a model that can chat.', model),
    fixes: ['selectModel'],
  }),
  busy: () => ({
    sentence: t('Ollama has too many requests waiting.'),
    fixes: ['retry'],
  }),
  gatewayTimeout: ({ origin }) => ({
    sentence: t('A proxy in front of {0} gave up waiting; its time limit is too short.', origin),
    fixes: ['retry', 'showLog'],
  }),
  redirect: ({ origin }) => ({
    sentence: t(
      'The server at {0} sends requests on to another address, and Cria does not follow.',
      origin,
    ),
    fixes: ['changeEndpoint', 'diagnose'],
  }),
  protocol: ({ origin }) => ({
    sentence: t('What answers at {0} does not speak like Ollama.', origin),
    fixes: ['changeEndpoint', 'retry', 'diagnose'],
  }),
  truncated: () => ({
    sentence: t('The answer was cut off: the connection ended before it was finished.'),
    fixes: ['retry'],
  }),
  server: () => ({
    sentence: t('Ollama could not answer.'),
    fixes: ['retry', 'showLog'],
  }),
  noModel: () => ({
    sentence: t('No model is chosen yet.'),
    fixes: ['selectModel'],
  }),
  cloudConsent: ({ model }) => ({
    sentence: t('{0} runs on ollama.com: what you ask would leave your machines.', model),
    fixes: ['allowCloud', 'selectModel'],
  }),
  notSaved: () => ({
    sentence: t('The conversation cannot be saved; it goes on in memory.'),
    fixes: ['showLog'],
  }),
  internal: () => ({
    sentence: t('Something went wrong inside Cria.'),
    fixes: ['retry', 'showLog'],
  }),
};

const labels: Record<FixAction, () => string> = {
  retry: () => t('Retry'),
  continue: () => t('Continue'),
  checkConnection: () => t('Try Again'),
  changeEndpoint: () => t('Change Address'),
  selectModel: () => t('Choose a Model'),
  pullModel: () => t('Pull a Model'),
  allowCloud: () => t('Use It'),
  startServer: () => t('Start Ollama'),
  diagnose: () => t('Find Out Why'),
  setApiKey: () => t('Set API Key'),
  openSettings: () => t('Open Settings'),
  newConversation: () => t('New Conversation'),
  adoptConversations: () => t('Copy Them Here'),
  declineAdoption: () => t('Leave Them There'),
  showLog: () => t('Show Log'),
};

export function fixButton(action: FixAction): FixButton {
  return { action, label: labels[action]() };
}

/** One sentence and its buttons for a failed answer; the server's own words go below it. */
export function failureNotice(failure: Failure, model: string, origin: string): Notice {
  const { sentence, fixes } = words[failure.kind]({
    ...{ model, failure },
    origin: placeOf(origin),
    isHere: isThisMachine(origin),
  });
  return {
    severity: 'error',
    sentence,
    ...(saysMore(failure) ? { detail: translated(failure.message) } : {}),
    buttons: fixes.map(fixButton),
  };
}

/** As people say it; `https` and a path stay, for there they matter. */
export function placeOf(origin: string): string {
  return origin.replace(/^http:\/\//u, '');
}

/** Of these the server's words add something that the sentence cannot know. */
function saysMore({ kind, message }: Failure): boolean {
  const telling: readonly FailureKind[] = ['server', 'protocol', 'tls', 'redirect', 'internal'];
  return telling.includes(kind) && message !== '';
}

function overflowSentence({ promptTokens, contextLength }: Failure): string {
  return promptTokens === undefined || contextLength === undefined
    ? t('The message does not fit the context of the model.')
    : t(
        'The message does not fit: it takes {0} tokens, and the context has {1}.',
        whole(promptTokens),
        whole(contextLength),
      );
}
