// `npm run demo`: a real VS Code with Cria and a real model, until Ctrl+C.
// `npm run demo -- --server openai`: the same with llama.cpp's own server, which speaks OpenAI's API.
// `npm run demo -- --tour`: the end-to-end test with a real model, which leaves pictures then.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { sampleWorkspace } from '../e2e/support/criaWindow';
import { inRepo } from '../support/folders';
import { describeError, tryCommand } from '../support/process';
import { findDemoModel, startOpenaiModel } from '../support/realModel';
import { startVscodeHost } from '../support/vscodeHost';

const { values } = parseArgs({
  options: { tour: { type: 'boolean' }, server: { type: 'string', default: 'ollama' } },
});
const print = (text: string): void => void process.stdout.write(text);

/** Opens the demo for a user, and ends everything at Ctrl+C. */
async function stay(settings: Record<string, unknown>): Promise<void> {
  const workspace = await sampleWorkspace();
  const host = await startVscodeHost({ workspaceFolder: workspace.path, settings });
  print(`\nVS Code with Cria: ${host.url()}\n`);
  print('Open the Cria view, or select code and run "Explain Selection". Ctrl+C ends it.\n');
  openInBrowser(host.url());
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  print('\nEnding.\n');
  await host.stop();
  await workspace.remove();
}

/** Opens the address in the user's own browser, if there is a display to show it on. */
function openInBrowser(url: string): void {
  const { platform, env } = process;
  const isHeadless = platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'];
  if (isHeadless) return;
  const opener = platform === 'darwin' ? 'open' : platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  // The address was printed: without a browser the user opens it by hand.
  child.on('error', () => undefined);
  child.unref();
}

async function tour(): Promise<number> {
  const test = [inRepo('.cache', 'tools', 'mocha.mjs'), 'e2e/realModel/panel'];
  const { code } = await tryCommand(process.execPath, test, {
    env: { ...process.env, CRIA_TOUR: '1' },
    print,
  });
  print('Pictures: artifacts/tour/\n');
  return code;
}

try {
  print('Preparing VS Code and a model; the first time they are downloaded...\n');
  if (values.tour) process.exit(await tour());
  const model = await (values.server === 'openai' ? startOpenaiModel() : findDemoModel(print));
  print(`Model: ${model.origin} (${model.url})\n`);
  await stay({ 'cria.endpoint': model.url, 'cria.model': model.model });
  await model.stop();
  process.exit(0);
} catch (error) {
  print(`${describeError(error)}\n`);
  process.exit(1);
}
