import type { Browser, Page } from 'playwright-core';
import { sized, type Bench, type BenchGroup, type Sample } from '../support/bench';
import { launchBrowser } from '../support/browser';
import { PageHarness } from '../support/page/pageHarness';
import { publish } from '../support/page/site';
import { assistant, snapshot, user } from '../support/page/states';
import { FirstLine } from './panel/firstLine';
import { postsAt } from './panel/posts';
import { streamInto } from './panel/streaming';
import { answerOf, charactersPerToken, longBlocks } from './panel/texts';

/** What an answer costs the page, in Chromium, and what the host posts to it. */

const manyTurns = sized(1000, 10);
/** So many tokens in all, for the groups that compare answers of different lengths. */
const short = sized(5000, 50);
const long = short * 10;

let browser: Browser;
let renderer: Page;
let empty: PageHarness;
let full: PageHarness;
let firstLine: FirstLine;

async function start(): Promise<() => Promise<void>> {
  const vscode = FirstLine.open();
  browser = await launchBrowser();
  renderer = await openRenderer();
  empty = await PageHarness.open(await browser.newPage());
  await empty.post(snapshot());
  full = await PageHarness.open(await browser.newPage());
  await full.post(snapshot({ turns: history(manyTurns) }));
  // What is measured is compiled code.
  await cost('cria', short);
  await streamInto(empty, answerOf(sized(2000, 50)), 160);
  await streamInto(full, answerOf(sized(2000, 50)), 160);
  firstLine = await vscode;
  return async () => {
    await browser.close();
    await firstLine.close();
  };
}

async function openRenderer(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 330, height: 760 } });
  const page = await context.newPage();
  await page.goto(await publish({ script: '/dist/bench.js', language: 'en' }));
  await page.waitForFunction(() => 'benchPage' in window);
  return page;
}

function history(turns: number): ReturnType<typeof user | typeof assistant>[] {
  return Array.from({ length: turns }, (_, index) =>
    index % 2 === 0
      ? user(`u${index}`, answerOf(500))
      : assistant(`a${index}`, { text: answerOf(500) }),
  );
}

/** So many tokens in each frame are 1000 a second. */
const tokensPerFrame = 16;
const perFrame = tokensPerFrame * charactersPerToken;

/** Milliseconds to show an answer of so many tokens. */
async function cost(way: string, tokens: number, every = 1): Promise<number> {
  return renderer.evaluate(
    async ([name, text, length, nth]) => window.benchPage.cost(name, text, length, nth),
    [way, answerOf(tokens), perFrame, every] as const,
  );
}

function exponent(few: number, many: number): number {
  return Math.log(many / few) / Math.log(10);
}

const growth: BenchGroup = {
  name: 'growth of the render cost, from 5,000 to 50,000 tokens (1 is linear)',
  rows: [
    { what: 'exponent', value: 'cria', unit: '', reference: 'linear', most: 1.25 },
    { what: 'exponent of plain text', value: 'floor', unit: '' },
    { what: 'of 50,000 tokens, against plain text', value: 'long', unit: 'ms', reference: 'text' },
  ],
  measure: async () => {
    const [few, many] = [await cost('cria', short), await cost('cria', long)];
    const [fewText, text] = [await cost('floor', short), await cost('floor', long)];
    const floor = exponent(fewText, text);
    return { cria: exponent(few, many), floor, linear: 1, long: many, text };
  },
};

const others: BenchGroup = {
  name: 'render cost of 20,000 tokens at 1000 a second, against how others do it',
  rows: [
    {
      what: 'markdown-it, DOMPurify and highlight.js on the whole message in each frame',
      ...{ value: 'cria', unit: 'ms', reference: 'whole', most: 1 / 20 },
    },
    {
      what: 'the same for each token',
      ...{ value: 'cria', unit: 'ms', reference: 'eachToken', most: 1 / 20 },
    },
    {
      what: 'streaming-markdown, which sanitises and colours nothing',
      ...{ value: 'cria', unit: 'ms', reference: 'smd' },
    },
    { what: 'plain text', value: 'cria', unit: 'ms', reference: 'floor' },
  ],
  measure: async () => {
    // A frame late in the answer costs more than one early in it: every 100th is taken.
    const tokens = sized(20_000, 2_000);
    const whole = await cost('whole', tokens, 100);
    return {
      ...{ whole, eachToken: whole * tokensPerFrame },
      cria: await cost('cria', tokens),
      smd: await cost('smd', tokens),
      floor: await cost('floor', tokens),
    };
  },
};

/** Faster than any model, so that each frame has much to do. */
const perPost = 80 * charactersPerToken;

function longestTask(name: string, text: string): BenchGroup {
  return {
    name: `${name}, at 5000 tokens a second`,
    samples: 3,
    rows: [
      {
        what: 'longest task, of processor time',
        ...{ value: 'longest', unit: 'ms', reference: 'limit', most: 1 },
      },
      { what: 'longest task by the clock', value: 'longestByClock', unit: 'ms' },
      { what: 'processor time in all', value: 'busy', unit: 'ms' },
    ],
    measure: async () => {
      await empty.post(snapshot());
      return { ...(await streamInto(empty, text, perPost)), limit: 50 };
    },
  };
}

const withHistory: BenchGroup = {
  name: 'streaming 2,000 tokens below 1000 messages of 500 tokens',
  samples: 3,
  rows: [
    {
      what: 'processor time, against a history that only fills the view',
      ...{ value: 'full', unit: 'ms', reference: 'short', most: 1.2 },
    },
  ],
  measure: async () => {
    // Below nothing at all an answer is cheaper at first: there is nothing above it to paint.
    await empty.post(snapshot({ turns: history(8) }));
    await full.post(snapshot({ turns: history(manyTurns) }));
    const text = answerOf(sized(2000, 50));
    const alone = await streamInto(empty, text, 20 * charactersPerToken);
    const below = await streamInto(full, text, 20 * charactersPerToken);
    return { full: below.busy, short: alone.busy };
  },
};

const beginning: BenchGroup = {
  name: 'from the server writing the first line to the frame that shows it, in VS Code',
  samples: 3,
  rows: [
    {
      what: 'median',
      ...{ value: 'median', unit: 'ms', reference: 'most', most: 1 },
    },
    {
      what: '95 of 100',
      ...{ value: 'nearlyAll', unit: 'ms', reference: 'nearlyMost', most: 1 },
    },
  ],
  measure: async () => firstLine.measure(),
};

function posts(rate: number): BenchGroup {
  return {
    name: `posts to the page at ${rate} tokens a second`,
    rows: [
      { what: 'posts a second', value: 'posts', unit: '', reference: 'limit', most: 1 },
      {
        what: 'text posted, against text received',
        ...{ value: 'text', unit: 'characters', reference: 'given', most: 1.5 },
      },
      { what: 'all that is posted', value: 'bytes', unit: 'characters', reference: 'given' },
    ],
    measure: (): Promise<Sample> => Promise.resolve(postsAt(rate)),
  };
}

export const bench: Bench = {
  start,
  groups: [
    ...[50, 200, 1000, 5000].map(posts),
    beginning,
    growth,
    others,
    longestTask('an answer of 20,000 tokens', answerOf(sized(20_000, 100))),
    ...Object.entries(longBlocks).map(([name, text]) =>
      longestTask(`a ${name} of 10,000 tokens`, text(sized(10_000, 100))),
    ),
    withHistory,
  ],
};
