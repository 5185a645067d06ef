// The one door to every task: `node scripts/run.mjs test|demo|bench|ask|check|package [arguments]`.
// It needs nothing but Node: it installs the dependencies when they are missing or stale, builds,
// and hands over to test/tools/<task>.ts.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const stamp = path.join(root, '.cache', 'installed');
const [task = '', ...rest] = process.argv.slice(2);

function fail(/** @type {string} */ sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Cria's tools need Node 20.19 or newer; this is ${process.version}.`);
  }
}

function run(/** @type {string} */ command, /** @type {string[]} */ args) {
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell });
  if (status !== 0)
    fail(`\`${command} ${args.join(' ')}\` failed${error ? `: ${error.message}` : '.'}`);
}

/** Installs when the lock file is not the one that was installed last. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed === lock && existsSync(path.join(root, 'node_modules'))) return;
  process.stdout.write('Installing dependencies...\n');
  // No install script of a dependency is needed, so none is run.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

requireNode();
if (!existsSync(path.join(root, 'test', 'tools', `${task}.ts`))) {
  fail(`There is no task "${task}". Try: npm test, npm run demo, npm run bench, npm run ask.`);
}
process.chdir(root);
install();
run(process.execPath, ['esbuild.js', '--tools']);
process.argv = [process.argv[0] ?? 'node', path.join(root, 'test', 'tools', `${task}.ts`), ...rest];
await import(pathToFileURL(path.join(root, '.cache', 'tools', `${task}.mjs`)).href);
