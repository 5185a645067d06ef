// Runs a command that must not outlive the program that wants it: `node leash.mjs command arguments`.
// The wanting program holds our standard input. When that ends, by its wish, by Ctrl+C or by a crash,
// the command and everything it has started are ended too.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 3_000;
const windows = process.platform === 'win32';
const [command = '', ...args] = process.argv.slice(2);

// A process group of its own, so that one signal reaches the command's own children.
const child = spawn(command, args, {
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: !windows,
  windowsHide: true,
});

function signalAll(/** @type {NodeJS.Signals} */ signal) {
  if (child.pid === undefined) return;
  if (windows) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function end() {
  signalAll('SIGTERM');
  await delay(GRACE_MS);
  signalAll('SIGKILL');
}

child.on('error', (error) => {
  process.stderr.write(`${command}: ${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => {
  signalAll('SIGKILL');
  process.exit(code ?? 1);
});
process.stdin.on('end', end).on('error', end).resume();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
