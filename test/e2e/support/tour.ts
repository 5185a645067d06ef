import { mkdir, rm } from 'node:fs/promises';
import { inRepo } from '../../support/folders';
import { CriaWindow } from './criaWindow';
import { reloadInTheMiddle } from './reloadInTheMiddle';
import { stopInTheMiddle } from './stopInTheMiddle';
import type { ThemeKind } from './workbench';

type Print = (text: string) => void;

/** What one stop of the tour does; its pictures begin with its name. */
interface Stop {
  name: string;
  visit: (window: CriaWindow, picture: (what: string) => Promise<void>) => Promise<void>;
}

const otherThemes: readonly ThemeKind[] = ['light', 'highContrastDark', 'highContrastLight'];

const stops: readonly Stop[] = [
  {
    name: '1-ask',
    visit: async ({ chat, workbench }, picture) => {
      await chat.open();
      await workbench.setSideBarWidth(420);
      await picture('empty');
      await chat.send('Write a TypeScript function that reverses a string, and explain it.');
      await chat.waitForState('answering');
      await chat.waitForText(80);
      await picture('streaming');
      await chat.waitForState('done');
      await picture('done');
    },
  },
  {
    name: '2-stop',
    visit: async ({ chat }, picture) => {
      await stopInTheMiddle(chat);
      await picture('stopped');
    },
  },
  {
    name: '3-ask-again',
    visit: async ({ chat }, picture) => {
      await chat.send('Name three colours as a list.');
      await chat.waitForState('done');
      await picture('done');
    },
  },
  {
    name: '4-explain',
    visit: async ({ workbench, thread }, picture) => {
      await workbench.openFile('debounce.ts');
      await workbench.selectLines(5, 14);
      await workbench.runCommand('Cria: Explain Selection');
      await thread.waitForText(40);
      await picture('streaming');
      await thread.waitUntilDone();
      await picture('done');
      await thread.ask('Why is the timer cleared?');
      await thread.waitUntilDone();
      await picture('follow-up');
    },
  },
  {
    name: '5-attach',
    visit: async ({ chat, workbench }, picture) => {
      await workbench.openFile('money.ts');
      await workbench.runCommand('Cria: Ask About File');
      await chat.chip('money.ts').waitFor();
      await chat.messageBox().pressSequentially('Compare it with #cart');
      await chat.content.getByRole('option').first().waitFor();
      await picture('completion');
      await chat.messageBox().press('Enter');
      await chat.chip('cart.ts').waitFor();
      await picture('chips');
      await chat.messageBox().press('Enter');
      await chat.waitForState('answering', 'done');
      await chat.messageBox().fill('And in one sentence?');
      await chat.messageBox().press('Enter');
      await picture('queued');
      await chat.waitForState('done');
    },
  },
  {
    name: '6-context',
    visit: async ({ chat }, picture) => {
      await chat.messageBox().pressSequentially('/');
      await chat.content.getByRole('option').first().waitFor();
      await picture('slash');
      await chat.messageBox().fill('');
      await chat.button('tokens used').click();
      await chat.content.getByRole('dialog').waitFor();
      await picture('plan');
      await chat.content.getByRole('dialog').press('Escape');
    },
  },
  {
    name: '7-code',
    visit: async ({ chat, workbench }, picture) => {
      const replace = chat.button('Replace Selection…');
      // Small models do not always write code when they are asked for some.
      if ((await replace.count()) === 0) return;
      await workbench.openFile('money.ts');
      await workbench.selectLines(4, 6);
      await replace.first().click();
      await workbench.changeOf('money.ts').waitFor();
      await workbench.settled(workbench.page.locator('.monaco-diff-editor').first());
      await picture('diff');
      await workbench.runCommand('Cria: Discard Change');
      await workbench.changeOf('money.ts').waitFor({ state: 'detached' });
    },
  },
  {
    name: '8-reload',
    visit: async (window, picture) => {
      await window.chat.open();
      await reloadInTheMiddle(window);
      await picture('restored');
    },
  },
  {
    name: '9-looks',
    visit: async (window, picture) => {
      for (const theme of otherThemes) {
        await window.setTheme(theme);
        await picture(theme);
      }
      await window.setTheme('dark');
      await window.workbench.setSideBarWidth(300);
      await picture('300px');
    },
  },
];

/**
 * Drives the demo as a person would, with whatever model there is, and leaves pictures in
 * `artifacts/tour/`.
 *
 * @throws when a step does not come to its end, or the chat view's page reported an error
 */
export async function runTour(settings: Record<string, unknown>, print: Print): Promise<void> {
  await rm(inRepo('artifacts', 'tour'), { recursive: true, force: true });
  await mkdir(inRepo('artifacts', 'tour'), { recursive: true });
  const window = await CriaWindow.open({ settings, theme: 'dark' });
  try {
    for (const { name, visit } of stops) {
      const started = performance.now();
      await visit(window, (what) => window.screenshot(`tour/${name}-${what}`));
      print(`  ✔ ${name} (${((performance.now() - started) / 1_000).toFixed(1)} s)\n`);
    }
    if (window.pageErrors.length > 0) throw new Error(window.pageErrors.join('\n'));
    print('Pictures: artifacts/tour/\n');
  } catch (error) {
    await window.screenshot('tour/failed');
    throw error;
  } finally {
    await window.close();
  }
}
