/** Names under which passwords and keys are kept. */
const secrets: readonly RegExp[] = [
  /^\.env(?:\..+)?$/iu,
  /^\.(?:npmrc|pypirc|netrc|pgpass|htpasswd|git-credentials|dockercfg)$/iu,
  /^(?:_netrc|credentials|secrets?(?:\.(?:ya?ml|json|toml|env|txt))?)$/iu,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/iu,
  /\.(?:pem|key|pfx|p12|jks|keystore|kdbx|ppk|asc|tfvars)$/iu,
];

/** Patterns of such files, made to be shared. */
const examples = /^\.env\.(?:example|sample|template|dist)$/iu;

/** Whether a file of this name may hold what should not be told to anybody. */
export function mayHoldSecrets(name: string): boolean {
  return !examples.test(name) && secrets.some((pattern) => pattern.test(name));
}
