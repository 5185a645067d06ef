import { spawn } from 'node:child_process';

/** The command that opens an address in the person's browser; undefined where there is no display. */
function opener(env: NodeJS.ProcessEnv): readonly [string, ...string[]] | undefined {
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}

/** Opens the address in the person's own browser, if there is a display to show it on. */
export function openInBrowser(url: string): void {
  const command = opener(process.env);
  if (command === undefined) return;
  const [program, ...args] = command;
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  // The address was printed; without a browser the person opens it by hand.
  child.on('error', () => undefined);
  child.unref();
}
