import * as vscode from 'vscode';

const { t } = vscode.l10n;

interface Doubt {
  readonly words: string;
  readonly advice: string;
}

/** What is wrong with a certificate, by the system's code for it, and what mends it. */
export function doubtOf(code: string): Doubt {
  const trust = t(
    'Add the certificate, or its issuer’s, to those that this machine trusts; VS Code uses the system’s (http.systemCertificates).',
  );
  const known: Readonly<Record<string, Doubt>> = {
    DEPTH_ZERO_SELF_SIGNED_CERT: { words: t('it is signed by itself'), advice: trust },
    SELF_SIGNED_CERT_IN_CHAIN: {
      words: t('its issuer is signed by itself, and not trusted here'),
      advice: trust,
    },
    UNABLE_TO_GET_ISSUER_CERT: unknownIssuer(trust),
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer(trust),
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer(trust),
    CERT_HAS_EXPIRED: {
      words: t('it has expired'),
      advice: t('Whoever runs the server must renew it.'),
    },
    CERT_NOT_YET_VALID: {
      words: t('it is not valid yet'),
      advice: t('Look at the clocks of both machines.'),
    },
    ERR_TLS_CERT_ALTNAME_INVALID: {
      words: t('it is for another name'),
      advice: t('Set the address by a name that the certificate is for.'),
    },
  };
  return known[code] ?? { words: code, advice: trust };
}

function unknownIssuer(advice: string): Doubt {
  return { words: t('its issuer is not known here'), advice };
}
