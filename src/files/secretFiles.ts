/** What in a text or in the name of a file tells that it may hold passwords or keys. */

/** Folders of programs that keep keys and passwords there. */
const secretFolders =
  /^(?:\.ssh|\.aws|\.kube|\.docker|\.gnupg|\.azure|\.?gcloud|\.oci|\.gem|\.m2|\.password-store)$/u;
/** Folders whose data files are meant, not their source code. */
const secretDataFolders = /^\.?(?:secrets?|credentials?|passwords?)$/u;

const secretNames: readonly RegExp[] = [
  /^\.(?:npmrc|yarnrc(?:\.yml)?|pypirc|netrc|pgpass|my\.cnf|mylogin\.cnf|htpasswd|git-credentials)$/u,
  /^\.(?:dockercfg|dockerconfigjson|s3cfg|boto|vault-token|terraformrc|rhosts|smbcredentials|msmtprc)$/u,
  /^\.(?:dev\.vars|flaskenv|envrc|lesshst|viminfo)|^\..*_history$|^(?:consolehost|fish)_history/u,
  /^(?:_netrc|htpasswd|shadow|passwd|kubeconfig|terraform\.rc|auth\.json|wp-config\.php)$/u,
  /^local\.settings\.json$|\.kubeconfig$/u,
  /^id_(?:rsa|dsa|ecdsa|ed25519|xmss)(?!.*\.pub$)/u,
];

/** `.env` and `prod.env`, also with more behind it; but not the source code of an `env` module. */
const environment =
  /^\.env|\.env(?:$|\.(?!(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|md|html?|vue)$))/u;

const keyEndings =
  /\.(?:pem|key|pfx|p12|p8|pkcs12|pkcs8|jks|jceks|bks|keystore|keytab|kdbx?|ppk|asc|gpg|agekey|snk|ovpn|tfvars|tfstate)(?:\.(?!(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|md|html?|vue|map|css)$)[^.]*)?$/u;

const dataEndings =
  /^(?:[^.]*|\..[^.]*|.*\.(?:json[c5]?|ya?ml|toml|ini|cfg|conf|config|properties|env|xml|plist|txt|csv|tsv|rtf|docx?|xlsx?|od[ts]|pdf|db|sqlite3?|enc|local|prod|dev))$/u;

/** Words of a name, as `client-secret` of `myClientSecret_1.json`. */
const secretWords =
  /-(?:secrets?|credentials?|creds|passw(?:or)?ds?|passwds?|passphrases?|token|(?:access|auth|api|refresh|bearer|vault|bot)-?tokens?|api-?keys?|service-?accounts?|client-?secrets?|(?:private|access|secret|auth)-?keys?|adminsdk)-/u;

/** Templates of such files, which are meant to be shared. */
const templates = /\.(?:example|sample|template|tmpl|dist)(?:\.(?:json|ya?ml|toml|ini|txt))?$/u;

/** Copies that editors and people make: `.bak`, `.old`, `~`. */
const copyEndings = /(?:\.(?:bak|backup|old|orig|save|saved|copy|swp|tmp|\d{1,3})|~)$/u;

const maxPathLength = 4_096;

/** @param path whose last segment is the name of the file; `/` or `\` between the segments */
export function mayHoldSecrets(path: string): boolean {
  // Nothing that people name their files by is longer.
  if (path.length > maxPathLength) return true;
  const segments = path.normalize('NFKC').split(/[/\\]/u);
  const written = (segments.pop() ?? '').trim();
  const name = removeCopyEndings(written.toLowerCase());
  const folders = segments.map((segment) => segment.toLowerCase());
  if (folders.some((folder) => secretFolders.test(folder))) return true;
  if (templates.test(name)) return false;
  if (secretNames.some((pattern) => pattern.test(name))) return true;
  if (environment.test(name) || keyEndings.test(name)) return true;
  if (!dataEndings.test(name)) return false;
  return secretWords.test(toWords(written)) || folders.some((it) => secretDataFolders.test(it));
}

function removeCopyEndings(name: string): string {
  let rest = name;
  while (copyEndings.test(rest) && rest !== rest.replace(copyEndings, '')) {
    rest = rest.replace(copyEndings, '');
  }
  return rest === '' ? name : rest;
}

/** `-my-client-secret-1-json-` of `myClientSecret_1.json`. */
function toWords(name: string): string {
  const words = name
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[a-z])(?=\d)|(?<=\d)(?=[A-Za-z])/gu, '-')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  return `-${words.toLowerCase()}-`;
}

/** Private keys and tokens in the forms that their makers gave them. Each pattern has a limited length. */
const secretTexts: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d|AGE-SECRET-KEY-1/u,
  /["']private_key(?:_id)?["']\s{0,9}:|\baws_secret_access_key\b|\bAccountKey=[\w+/]{40}/iu,
  /\b(?:AKIA|ASIA)(?![A-Z\d]{9}EXAMPLE)[A-Z\d]{16}\b/u,
  /\bgh[oprsu]_[A-Za-z\d]{20}|\bgithub_pat_\w{20}|\bglpat-[\w-]{20}/u,
  /\bsk[-_](?:live|test|ant|proj|or|svcacct)[-_][\w-]{8}|\bsk-[A-Za-z\d]{20}|\brk_live_\w{16}/u,
  /\bxox[abeoprs]-[\w-]{10}|\bAIza[\w-]{35}|\bya29\.[\w-]{20}|\bnpm_[A-Za-z\d]{36}|\bpypi-AgEI\w{10}/u,
  /\bhf_[A-Za-z]{30}|\bdop_v1_[a-f\d]{64}|\bshp(?:at|ca|pa|ss)_[a-f\d]{32}|\bSG\.[\w-]{22}\.[\w-]{20}/u,
  /\.(?<=\beyJ[\w-]{10,300}\.)eyJ[\w-]{10}/u,
];

/** Whether a text holds what looks like a private key or an access token. */
export function looksSecret(text: string): boolean {
  return secretTexts.some((pattern) => pattern.test(text));
}
