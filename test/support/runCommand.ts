import { spawn } from 'node:child_process';
import { HumanError } from './humanError';

export interface CommandResult {
  /** Exit code; 1 when a signal ended the command. */
  code: number;
  stdout: string;
  stderr: string;
}

interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a command to its end and gives its output. Rejects only when it cannot be started. */
export function tryCommand(
  command: string,
  args: readonly string[],
  { cwd, env }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // npm is a batch file on Windows, which only a shell can start.
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (cause: Error) => {
      reject(new HumanError(`\`${command}\` could not be started: ${cause.message}.`, { cause }));
    });
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/** As {@link tryCommand}, and a failure becomes one sentence with the command's own last words. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await tryCommand(command, args, options);
  if (code === 0) return stdout;
  throw new HumanError(
    `\`${[command, ...args].join(' ')}\` failed (${code}): ${lastWords(stderr || stdout)}`,
  );
}

function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.includes(' warn '));
  return lines.slice(-6).join(' | ');
}
