import { CriaWindow } from '../e2e/support/criaWindow';
import { sized, type Bench, type BenchGroup, type Sample } from '../support/bench';
import { answer, tokensOf } from '../support/ollamaServer/scripts';
import { OllamaServer } from '../support/ollamaServer/ollamaServer';
import { type, watchTyping } from './explain/typing';

/** What an explanation that streams costs the person who types on in the same file, in a real VS Code. */

const model = 'qwen3:8b';
const sentence =
  'The **reader** keeps what is left of `chunk` until the next one comes, so no line is lost.\n\n' +
  '```typescript\nconst lines = rest.split("\\n");\nrest = lines.pop() ?? "";\n```\n\n';
/** Longer than the typing lasts. */
const tokens = tokensOf(sentence.repeat(200));
const keys = sized(100, 5);

let server: OllamaServer;
let window: CriaWindow;

async function start(): Promise<() => Promise<void>> {
  server = await OllamaServer.start();
  server.models([model]);
  server.loaded([model]);
  window = await CriaWindow.open({
    settings: { 'cria.endpoint': server.url, 'cria.model': model },
  });
  await window.workbench.openFile('README.md');
  await watchTyping(window.page);
  await typeOnFirstLine();
  return async () => {
    await window.close();
    await server.close();
  };
}

/** The line is empty at first: a long one takes more time for each key. */
async function typeOnFirstLine(): Promise<readonly number[]> {
  await window.workbench.selectLines(1, 1);
  await window.page.keyboard.press('Delete');
  return type(window.page, keys);
}

interface Delays {
  readonly streaming: readonly number[];
  readonly beside: readonly number[];
}

/** Types above an explanation that streams so many tokens a second, and then above the stopped one. */
async function whileExplaining(rate: number): Promise<Delays> {
  const { workbench, thread } = window;
  server.onGenerate(answer(tokens, { pacing: { everyMs: 1000 / rate } }));
  await workbench.selectLines(3, 3);
  await workbench.runCommand('Cria: Explain Selection');
  await thread.waitForText(40);
  const streaming = await typeOnFirstLine();
  await thread.action('Stop Explanation').click();
  const beside = await typeOnFirstLine();
  await thread.dismissAll();
  return { streaming, beside };
}

function at(delays: readonly number[], share: number): number {
  const sorted = [...delays].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function measure(rate: number): Promise<Sample> {
  const alone = await typeOnFirstLine();
  const { streaming, beside } = await whileExplaining(rate);
  return {
    ...{ p50: at(streaming, 0.5), p95: at(streaming, 0.95) },
    ...{ aloneP50: at(alone, 0.5), aloneP95: at(alone, 0.95) },
    ...{ besideP50: at(beside, 0.5), besideP95: at(beside, 0.95) },
  };
}

function typing(rate: number): BenchGroup {
  return {
    name: `a key press to its frame, while an explanation streams at ${rate} tokens a second`,
    rows: [
      {
        what: 'median, against the same explanation once it ended',
        ...{ value: 'p50', unit: 'ms', reference: 'besideP50', most: 1.1 },
      },
      {
        what: '95th percentile, against the same',
        ...{ value: 'p95', unit: 'ms', reference: 'besideP95' },
      },
      // What VS Code's thread costs by standing there, above all where no graphics card draws it.
      {
        what: 'median, against no explanation',
        ...{ value: 'p50', unit: 'ms', reference: 'aloneP50' },
      },
      {
        what: 'median beside one that ended, against none',
        ...{ value: 'besideP50', unit: 'ms', reference: 'aloneP50' },
      },
    ],
    measure: () => measure(rate),
  };
}

export const bench: Bench = { start, groups: [50, 200].map(typing) };
