// `npm run demo`: a real VS Code with Cria and a real model, until Ctrl+C.
// `npm run demo -- --tour`: drives the same demo without a display and leaves pictures of it.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { sampleWorkspace } from '../e2e/support/criaWindow';
import { runTour } from '../e2e/support/tour';
import { demoModel } from '../support/demoModel';
import { describeError } from '../support/humanError';
import { openInBrowser } from '../support/openInBrowser';
import { startVscodeHost } from '../support/vscodeHost';

const { values } = parseArgs({ options: { tour: { type: 'boolean' } } });
const print = (text: string): void => void process.stdout.write(text);

/** Opens the demo for a person, and ends everything at Ctrl+C. */
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

try {
  print('Preparing VS Code and a model; the first time they are downloaded...\n');
  const model = await demoModel(print);
  print(`Model: ${model.origin} (${model.url})\n`);
  const settings = { 'cria.endpoint': model.url, 'cria.model': model.model };
  // The same answers each time, as far as one machine goes.
  if (values.tour) await runTour({ ...settings, 'cria.temperature': 0 }, print);
  else await stay(settings);
  await model.stop();
  process.exit(0);
} catch (error) {
  print(`${describeError(error)}\n`);
  process.exit(1);
}
