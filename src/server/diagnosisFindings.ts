import * as vscode from 'vscode';
import type { ModelList } from '../conversation/ports';
import { sameModel } from '../ollama/modelName';
import type { FixAction } from '../shared/protocol';
import type { Failure } from '../shared/turn';
import { isUnencrypted } from '../shared/urlPolicy';
import { describeNotListed } from '../ui/serverNames';
import { translated } from '../ui/dialogs';
import { isTooOld, findKnownDefects } from './versions';
import type { Certificate, HostLookup, AddressProbe } from './networkProbes';

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
  const title = t('Server address');
  const sentence = t('{0} ({1})', origin, source);
  if (!isUnencrypted(origin)) return { title, state: 'good', sentence };
  return {
    title,
    state: 'warning',
    sentence,
    advice: [
      t('Unencrypted connection: anyone on the network path can read your prompts. Use https.'),
    ],
    fixes: ['changeEndpoint'],
  };
}

/** On which machine the extension runs: its 127.0.0.1 is the one that is meant. */
export function sideFinding(
  remoteName: string | undefined,
  { runsRemotely, seesGit }: { readonly runsRemotely: boolean; readonly seesGit: boolean },
  isLocal: boolean,
): Finding {
  const title = t('Cria runs on');
  if (remoteName === undefined || !runsRemotely) {
    if (remoteName === undefined) return { title, state: 'good', sentence: t('this machine') };
    const sentence = t('this machine; the folder is remote ({0})', remoteName);
    const advice = t(
      'Git runs on the remote machine and Cria on yours, so Cria cannot read Git changes. To attach them, run Cria on the remote machine with the setting remote.extensionKind.',
    );
    return { title, state: 'good', sentence, advice: seesGit ? [] : [advice] };
  }
  const sentence = t('the remote machine of the folder ({0})', remoteName);
  if (!isLocal) return { title, state: 'good', sentence };
  return {
    title,
    state: 'warning',
    sentence,
    advice: [
      t(
        'The address refers to the remote machine, not to your local machine. To use a server on your local machine, install Cria there ("Install Locally") or forward the port.',
      ),
    ],
    fixes: ['changeEndpoint'],
  };
}

export function nameFinding(hostname: string, looked: HostLookup): Finding {
  const title = t('Host name');
  if (looked.kind === 'failed') {
    return {
      title,
      state: 'bad',
      sentence: t('{0} could not be resolved ({1})', hostname, looked.code),
      advice: [t('Check the spelling, and whether you need a VPN.')],
      fixes: ['changeEndpoint'],
    };
  }
  const addresses = looked.addresses.join(', ');
  return {
    title,
    state: 'good',
    sentence: looked.isName
      ? t('{0} resolves to {1}', hostname, addresses)
      : t('{0} is an IP address', hostname),
  };
}

export function reachFinding(
  port: number,
  all: readonly AddressProbe[],
  isLocal: boolean,
): Finding {
  const title = t('Connection');
  const said = all.map(({ address, outcome, code }) => `${address}: ${outcomeText(outcome, code)}`);
  const sentence = t('port {0} at {1}', port, said.join('; '));
  if (all.some(({ outcome }) => outcome === 'open')) return { title, state: 'good', sentence };
  const isRefused = all.some(({ outcome }) => outcome === 'refused');
  return {
    title,
    state: 'bad',
    sentence,
    advice: isRefused
      ? [
          t(
            'The machine is reachable, but nothing is listening on this port. Ollama is not running, or it uses another address (OLLAMA_HOST).',
          ),
        ]
      : [
          t(
            'No response. A firewall may be blocking the connection, the machine may be off, or the address may be wrong.',
          ),
        ],
    fixes: isRefused && isLocal ? ['startServer', 'changeEndpoint'] : ['changeEndpoint'],
  };
}

function outcomeText(outcome: AddressProbe['outcome'], code = ''): string {
  const texts = {
    open: t('open'),
    refused: t('refused'),
    silent: t('no response for 3 s'),
    failed: t('unreachable ({0})', code),
  };
  return texts[outcome];
}

export function proxyFinding(proxy: string, isBad: boolean, isLocal: boolean): Finding {
  const title = t('Proxy');
  if (isLocal) return { title, state: 'good', sentence: t('not used for this machine') };
  const sentence =
    proxy === ''
      ? t('none set in VS Code or the environment; the system may use one')
      : t('{0} (from http.proxy or the environment)', proxy);
  if (!isBad) return { title, state: 'good', sentence };
  return {
    title,
    state: 'bad',
    sentence,
    advice: [
      t(
        'The proxy blocked the request. Add the host to http.noProxy, or set credentials for the proxy.',
      ),
    ],
  };
}

export function certificateFinding(certificate: Certificate | undefined): Finding {
  const title = t('Certificate');
  if (!certificate) {
    const advice = [
      t(
        'The server does not use TLS on this port. Check whether the address should start with http://.',
      ),
    ];
    return {
      title,
      state: 'bad',
      sentence: t('none presented'),
      advice,
      fixes: ['changeEndpoint'],
    };
  }
  const { subject, issuer, validUntil, problem } = certificate;
  const sentence = t('{0}, issued by {1}, valid until {2}', subject, issuer, validUntil);
  if (problem === undefined) return { title, state: 'good', sentence };
  const { words, advice } = describeCertificateProblem(problem);
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
  const known = findKnownDefects(version);
  if (!known) return { title, state: 'good', sentence: version };
  return {
    title,
    state: 'warning',
    sentence: version,
    advice: [
      ...known.sentences.map((defect) => t('Known issue: {0}.', defect)),
      isTooOld(version)
        ? t('Update Ollama. Many features do not work with this version.')
        : t('Fixed in {0}. Update Ollama when you can.', known.mendedIn),
    ],
  };
}

/** @param isServed the server decides which models there are */
export function modelsFinding(models: ModelList, chosen: string, isServed: boolean): Finding {
  const title = t('Models');
  if (models.length === 0) {
    return isServed
      ? { title, state: 'bad', sentence: t('none served'), fixes: ['changeEndpoint'] }
      : { title, state: 'bad', sentence: t('none installed'), fixes: ['pullModel'] };
  }
  const sentence = isServed ? t('{0} served', models.length) : t('{0} installed', models.length);
  if (chosen === '') {
    return {
      title,
      state: 'warning',
      sentence: t('{0}; none selected', sentence),
      fixes: ['selectModel'],
    };
  }
  const isThere = models.some(({ name }) => sameModel(name, chosen));
  const notListed = describeNotListed(models);
  const advice = notListed === undefined ? {} : { advice: [notListed] };
  if (isThere) {
    const good = t('{0}; {1} is available', sentence, chosen);
    return { title, state: 'good', sentence: good, ...advice };
  }
  return {
    title,
    state: 'bad',
    sentence: isServed
      ? t('{0}; the selected model {1} is not', sentence, chosen)
      : t('{0}; the selected model {1} is not installed', sentence, chosen),
    ...advice,
    fixes: isServed ? ['selectModel'] : ['selectModel', 'pullModel'],
  };
}

export function skipped(title: string, why: string): Finding {
  return { title, state: 'skipped', sentence: why };
}

/** What an answer that is none of Ollama's tells. */
export function answerFinding({ kind, message, status }: Failure, hasKey: boolean): Finding {
  const { advice, fixes } = answers[kind]?.(hasKey) ?? {
    advice: [t('See the log for details.')],
    fixes: ['showLog'],
  };
  const code = status === undefined ? '' : `${status}: `;
  return {
    title: t('Response'),
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
  invalidAddress: () => ({
    advice: [t('Change the server address or OLLAMA_HOST.')],
    fixes: ['changeEndpoint'],
  }),
  unauthorized: (hasKey) => ({
    advice: [
      hasKey
        ? t('The server rejected the stored credentials.')
        : t('The server requires credentials, but none are stored for this address.'),
    ],
    fixes: ['setApiKey'],
  }),
  forbidden: () => ({
    advice: [
      t(
        'Ollama rejects unknown host names. Use an IP address or localhost, or have the proxy rewrite the Host header.',
      ),
      t('A gateway in front of Ollama may also reject the request.'),
    ],
    fixes: ['changeEndpoint', 'setApiKey'],
  }),
  protocol: () => ({
    advice: [
      t(
        'Another program is using this address, Ollama has a different base path, or a network sign-in page responded.',
      ),
    ],
    fixes: ['changeEndpoint'],
  }),
  redirect: () => ({
    advice: [
      t(
        'Cria does not follow redirects, because they could send your messages to another server. If you trust the other address, set it as the server address.',
      ),
    ],
    fixes: ['changeEndpoint'],
  }),
  gatewayTimeout: () => ({
    advice: [t('The proxy is reachable, but Ollama behind it is unreachable or too slow.')],
    fixes: ['changeEndpoint'],
  }),
  unreachable: () => ({
    advice: [
      t('The server accepts the connection but does not respond. Ollama may be stuck. Restart it.'),
    ],
    fixes: ['changeEndpoint', 'showLog'],
  }),
};

interface Doubt {
  readonly words: string;
  readonly advice: string;
}

/** What is wrong with a certificate and how to fix it, by Node's error code. */
function describeCertificateProblem(code: string): Doubt {
  const trust = t(
    'Add the certificate or its issuer to the trusted certificates of this machine. VS Code uses the system certificates (http.systemCertificates).',
  );
  const known: Readonly<Record<string, Doubt>> = {
    DEPTH_ZERO_SELF_SIGNED_CERT: { words: t('self-signed'), advice: trust },
    SELF_SIGNED_CERT_IN_CHAIN: {
      words: t('issuer is self-signed and not trusted on this machine'),
      advice: trust,
    },
    UNABLE_TO_GET_ISSUER_CERT: unknownIssuer(trust),
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer(trust),
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer(trust),
    CERT_HAS_EXPIRED: {
      words: t('expired'),
      advice: t('Renew the certificate on the server.'),
    },
    CERT_NOT_YET_VALID: {
      words: t('not valid yet'),
      advice: t('Check the clocks of both machines.'),
    },
    ERR_TLS_CERT_ALTNAME_INVALID: {
      words: t('issued for another host name'),
      advice: t('In the server address, use a host name that the certificate covers.'),
    },
  };
  return known[code] ?? { words: code, advice: trust };
}

function unknownIssuer(advice: string): Doubt {
  return { words: t('issuer is unknown on this machine'), advice };
}
