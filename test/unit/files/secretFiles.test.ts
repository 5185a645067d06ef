import assert from 'node:assert/strict';
import { looksSecret, mayHoldSecrets } from '../../../src/files/secretFiles';

const split = (names: string): readonly string[] => names.trim().split(/\s+/u);

describe('what may hold passwords or keys', () => {
  it('H4: is known by the parts of its name and by its folders', () => {
    const secret = split(`
      .env .env.local .ENV .env.production.local .env-prod prod.env prod.env.local .envrc .flaskenv .dev.vars
      id_rsa id_ed25519 id_rsa.bak id_ed25519_work id_ecdsa_sk server.pem a.key server.key.old service.key.json
      x.p12 AuthKey_ABC.p8 cert.pfx store.jks my.kdbx a.ppk client.ovpn server.pem.txt server.pem~ a.pem.bak.1
      .npmrc .netrc _netrc .pgpass .git-credentials .yarnrc.yml .my.cnf .s3cfg .vault-token .dockercfg kubeconfig
      dev.kubeconfig credentials credentials.json application_default_credentials.json client_secret_12.json
      service-account.json serviceAccount.json my-service_account-1.yaml secrets.yaml secrets.local.yml
      app.secrets.json my-secrets.yaml passwords.txt Passwords.XLSX clientSecret.json apiKey.txt API_KEY
      access-tokens.json github_token token.json private_key.txt privateKey.json firebase-adminsdk-x1.json
      terraform.tfstate terraform.tfstate.backup prod.tfvars prod.auto.tfvars.json .bash_history .zsh_history
      .python_history ConsoleHost_history.txt wp-config.php local.settings.json
      .kube/config .docker/config.json .ssh/config .aws/config home/.ssh/known_hosts .gnupg/a .azure/x
      .config/gcloud/properties k8s/secrets/db.yaml C:\\Users\\me\\.ssh\\config .SSH/Config`);
    for (const name of [
      ...secret,
      'prod key.pem',
      'my server.pem',
      'prod key.pem\t',
      '．env',
      'x'.repeat(9_000),
    ])
      assert.ok(mayHoldSecrets(name), name);
  });

  it('is not taken for such a file by a similar name', () => {
    const plain = split(`
      .env.example .env.sample prod.env.template .env.local.example credentials.json.example env.ts src/env.d.ts
      app.env.ts vite-env.d.ts environment.prod.ts keys.ts a.keys id_rsa.pub id_ed25519_work.pub secretary.md
      secretary.json tokenizer.json tokenizer_config.json tokens.json design-tokens.json secrets.ts token.ts
      passwordField.tsx README.md package.json docker/Dockerfile config.json history.ts keyboard.json
      monkey.json secrets/index.ts src/credentials/form.vue a.key.ts turkey.txt keynote.md accesskey.css`);
    for (const name of plain) assert.ok(!mayHoldSecrets(name), name);
  });

  it('H4: is known by its text', () => {
    const letters = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6'.repeat(2);
    const secret = [
      '-----BEGIN PRIVATE KEY-----',
      'x\n-----BEGIN OPENSSH PRIVATE KEY-----\n',
      '-----BEGIN RSA PRIVATE KEY-----',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----',
      '{ "private_key" : "PEM" }',
      'aws_secret_access_key = abc',
      'key: AKIAQ7WERTYUIOPASDFG',
      `ghp_${letters.slice(0, 36)}`,
      `github_pat_${letters.slice(0, 30)}`,
      'export const API_KEY = "sk-live-TOPSECRET-1";',
      `sk-ant-api03-${letters}`,
      `sk-${letters.slice(0, 40)}`,
      'xoxb-1234567890-abc',
      `AIza${letters.slice(0, 35)}`,
      `npm_${letters.slice(0, 36)}`,
      `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${letters.slice(0, 43)}`,
      'token-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3',
    ];
    for (const text of secret) assert.ok(looksSecret(text), text);
    const plain = [
      '-----BEGIN PUBLIC KEY-----',
      '-----BEGIN CERTIFICATE-----',
      'AKIAIOSFODNN7EXAMPLE',
      'const privateKey = readKey();',
      'task-list-with-many-words-in-it',
      'sk-button--primary',
      'ghp_short',
      'https://example.com/risk-analysis-of-2024',
    ];
    for (const text of plain) assert.ok(!looksSecret(text), text);
  });

  it('M2: is looked for in linear time', () => {
    const atoms = [
      '-----BEGIN ',
      'eyJa.',
      'eyJaaaaaaaaaaaa',
      'sk-',
      '"private_key"   ',
      'AKIA',
      '.bak',
      '-',
      'aB',
    ];
    for (const atom of atoms) {
      const text = atom.repeat(Math.ceil(100_000 / atom.length));
      const before = process.cpuUsage();
      looksSecret(text);
      mayHoldSecrets(text);
      mayHoldSecrets(text.slice(0, 4_000));
      const { user, system } = process.cpuUsage(before);
      assert.ok(user + system < 500_000, `${atom}: ${user + system} µs`);
    }
  });
});
