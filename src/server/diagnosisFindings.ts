import * as vscode from 'vscode';
import type { InstalledModel } from '../conversation/ports';
import { sameModel } from '../shared/modelName';
import type { FixAction } from '../shared/protocol';
import type { Failure } from '../shared/turn';
import { isUnencrypted } from './serverAddress';
import { translated } from '../ui/notifications';
import { doubtOf } from './diagnosis';
import { isTooOld, knownDefects } from './versions';
import type { Certificate, Looked, Reached } from './networkProbes';

const { t } = vscode.l10n;

/** One thing that was looked at. */
export interface Finding {
  readonly title: string;
  readonly state: 'good' | 'warning' | 'bad' | 'skipped';
  readonly sentence: string;
  /** What to do, a sentence each. */
  readonly advice?: readonly string[];
  readonly fixes?: readonly FixAction[];
}

export function addressFinding(origin: string, source: string): Finding {
  const title = t('Address');
  const sentence = t('{0}, from {1}', origin, source);
  if (!isUnencrypted(origin)) return { title, state: 'good', sentence };
  return {
    title,
    state: 'warning',
    sentence,
    advice: [
      t(
        'Plain http to another machine: whoever sits on the way can read what you ask. https would hide it.',
      ),
    ],
    fixes: ['changeEndpoint'],
  };
}

/** On which machine the extension runs: its 127.0.0.1 is the one that is meant. */
export function sideFinding(
  remoteName: string | undefined,
  runsRemotely: boolean,
  isLocal: boolean,
): Finding {
  const title = t('Where Cria runs');
  if (remoteName === undefined || !runsRemotely) {
    const sentence =
      remoteName === undefined
        ? t('on this computer')
        : t('on this computer, though the folder is elsewhere ({0})', remoteName);
    return { title, state: 'good', sentence };
  }
  const sentence = t('on the machine of the folder ({0})', remoteName);
  if (!isLocal) return { title, state: 'good', sentence };
  return {
    title,
    state: 'warning',
    sentence,
    advice: [
      t(
        'The address means that machine and not the one you sit at. For Ollama on your own computer, install Cria there ("Install Locally"), or forward the port.',
      ),
    ],
    fixes: ['changeEndpoint'],
  };
}

export function nameFinding(hostname: string, looked: Looked): Finding {
  const title = t('Name');
  if (looked.kind === 'failed') {
    return {
      title,
      state: 'bad',
      sentence: t('{0} is not known ({1})', hostname, looked.code),
      advice: [t('Check how it is written, and whether a VPN must be on.')],
      fixes: ['changeEndpoint'],
    };
  }
  const addresses = looked.addresses.join(', ');
  return {
    title,
    state: 'good',
    sentence: looked.isName
      ? t('{0} is {1}', hostname, addresses)
      : t('{0} is an address', hostname),
  };
}

export function reachFinding(port: number, all: readonly Reached[], isLocal: boolean): Finding {
  const title = t('Connection');
  const said = all.map(({ address, outcome, code }) => `${address}: ${outcomeText(outcome, code)}`);
  const sentence = t('port {0} of {1}', port, said.join('; '));
  if (all.some(({ outcome }) => outcome === 'open')) return { title, state: 'good', sentence };
  const isRefused = all.some(({ outcome }) => outcome === 'refused');
  return {
    title,
    state: 'bad',
    sentence,
    advice: isRefused
      ? [
          t(
            'The machine is there, but nothing listens on this port: Ollama is not running, or listens elsewhere (OLLAMA_HOST).',
          ),
        ]
      : [
          t(
            'Nothing comes back: a firewall drops it, the machine is off, or the address is another one.',
          ),
        ],
    fixes: isRefused && isLocal ? ['startServer', 'changeEndpoint'] : ['changeEndpoint'],
  };
}

function outcomeText(outcome: Reached['outcome'], code = ''): string {
  const texts = {
    open: t('answers'),
    refused: t('refused'),
    silent: t('silent for 3 s'),
    failed: t('cannot be reached ({0})', code),
  };
  return texts[outcome];
}

export function proxyFinding(proxy: string, isBad: boolean, isLocal: boolean): Finding {
  const title = t('Proxy');
  if (isLocal) return { title, state: 'good', sentence: t('none is used for this computer') };
  const sentence =
    proxy === ''
      ? t('none is set in VS Code or the environment; the system may have one')
      : t('{0} (VS Code’s http.proxy, or the environment)', proxy);
  if (!isBad) return { title, state: 'good', sentence };
  return {
    title,
    state: 'bad',
    sentence,
    advice: [
      t(
        'It did not let the request through. Add the host to http.noProxy, or give the proxy its credentials.',
      ),
    ],
  };
}

export function certificateFinding(certificate: Certificate | undefined): Finding {
  const title = t('Certificate');
  if (!certificate) {
    const advice = [
      t('The server does not speak TLS on this port; is the address meant to begin with http://?'),
    ];
    return {
      title,
      state: 'bad',
      sentence: t('none was shown'),
      advice,
      fixes: ['changeEndpoint'],
    };
  }
  const { subject, issuer, validUntil, problem } = certificate;
  const sentence = t('{0}, issued by {1}, valid until {2}', subject, issuer, validUntil);
  if (problem === undefined) return { title, state: 'good', sentence };
  const { words, advice } = doubtOf(problem);
  return {
    title,
    state: 'bad',
    sentence: `${sentence}: ${words}`,
    advice: [advice],
    fixes: ['changeEndpoint'],
  };
}

export function versionFinding(version: string): Finding {
  const title = t('Version');
  const known = knownDefects(version);
  if (!known) return { title, state: 'good', sentence: version };
  return {
    title,
    state: 'warning',
    sentence: version,
    advice: [
      ...known.sentences.map((defect) => t('Known of it: {0}.', defect)),
      isTooOld(version)
        ? t('Update Ollama: much of Cria will not work.')
        : t('Better from {0} on: update Ollama when you can.', known.mendedIn),
    ],
  };
}

export function modelsFinding(models: readonly InstalledModel[], chosen: string): Finding {
  const title = t('Models');
  if (models.length === 0) {
    return { title, state: 'bad', sentence: t('none is installed'), fixes: ['pullModel'] };
  }
  const sentence = t('{0} installed', models.length);
  if (chosen === '') {
    return {
      title,
      state: 'warning',
      sentence: t('{0}; none is chosen', sentence),
      fixes: ['selectModel'],
    };
  }
  const isThere = models.some(({ name }) => sameModel(name, chosen));
  if (isThere) return { title, state: 'good', sentence: t('{0}; {1} is there', sentence, chosen) };
  return {
    title,
    state: 'bad',
    sentence: t('{0}; {1}, which is set, is not among them', sentence, chosen),
    fixes: ['selectModel', 'pullModel'],
  };
}

export function skipped(title: string, why: string): Finding {
  return { title, state: 'skipped', sentence: why };
}

/** What an answer that is none of Ollama's tells. */
export function answerFinding({ kind, message, status }: Failure, hasKey: boolean): Finding {
  const { advice, fixes } = answers[kind]?.(hasKey) ?? {
    advice: [t('The log may tell more.')],
    fixes: ['showLog'],
  };
  const code = status === undefined ? '' : `${status}: `;
  return {
    title: t('Answer'),
    state: 'bad',
    sentence: `${code}${translated(message)}`,
    advice,
    fixes,
  };
}

interface Remedy {
  readonly advice: readonly string[];
  readonly fixes: readonly FixAction[];
}

const answers: Readonly<Partial<Record<Failure['kind'], (hasKey: boolean) => Remedy>>> = {
  unauthorized: (hasKey) => ({
    advice: [
      hasKey
        ? t('The key that is kept for this address is not accepted.')
        : t('The server wants credentials, and none are kept for this address.'),
    ],
    fixes: ['setApiKey'],
  }),
  forbidden: () => ({
    advice: [
      t(
        'Ollama refuses hosts and origins that it does not know. Cria sends no origin, so it is the host name: use an IP address or localhost, or let the proxy in front rewrite the Host header.',
      ),
      t('A gateway in front may also refuse for reasons of its own.'),
    ],
    fixes: ['changeEndpoint', 'setApiKey'],
  }),
  protocol: () => ({
    advice: [
      t(
        'Something else than Ollama answers there, or Ollama is below another path. A login page of a network answers like this, too.',
      ),
    ],
    fixes: ['changeEndpoint'],
  }),
  redirect: () => ({
    advice: [
      t(
        'Cria does not follow redirects, as they could lead your messages elsewhere. If the other address is right, set it.',
      ),
    ],
    fixes: ['changeEndpoint'],
  }),
  gatewayTimeout: () => ({
    advice: [
      t('A proxy in front of Ollama is there, and Ollama behind it is not, or not in time.'),
    ],
    fixes: ['changeEndpoint'],
  }),
  unreachable: () => ({
    advice: [t('The connection is accepted, and then nothing comes. Ollama may hang: restart it.')],
    fixes: ['changeEndpoint', 'showLog'],
  }),
};
