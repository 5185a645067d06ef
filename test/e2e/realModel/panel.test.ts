import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { errors } from 'playwright-core';
import { inRepo } from '../../support/folders';
import { CriaWindow } from '../support/criaWindow';
import { useRealModel } from './realModelFixture';

/** `npm run demo -- --tour` sets it: more is tried, and pictures of all are left in `artifacts/tour/`. */
const isTour = process.env['CRIA_TOUR'] === '1';

/** A small model may end an answer before something happens to it: then the next question is tried. */
const longQuestions = [
  'Tell me a long story about a lighthouse.',
  'Tell me everything you know about the sea.',
  'Write a long letter to a friend.',
];

describe('with a real model', () => {
  const real = useRealModel();
  let window: CriaWindow | undefined;

  /** The open window; only called after `before` has opened it. */
  function opened(): CriaWindow {
    assert.ok(window);
    return window;
  }

  before(async () => {
    const { url, model } = real.model;
    const settings = { 'cria.endpoint': url, 'cria.model': model, 'cria.temperature': 0 };
    window = await CriaWindow.open({ settings });
    await window.chat.open();
    if (isTour) await window.workbench.setSideBarWidth(420);
  });

  after(async () => {
    await window?.close();
  });

  async function picture(name: string): Promise<void> {
    if (isTour) await opened().screenshot(`tour/${name}`);
  }

  /** Does something to an answer that is being written, until it ended so. */
  async function inTheMiddle(
    state: 'stopped' | 'interrupted',
    act: () => Promise<void>,
  ): Promise<void> {
    const { chat } = opened();
    for (const question of longQuestions) {
      await chat.send(question);
      await chat.waitForText(10);
      await act();
      await chat.waitForState(state, 'done');
      if ((await chat.lastAnswer().getAttribute('data-state')) === state) return;
    }
    assert.fail('The model ended each answer before that.');
  }

  it('streams an answer, and its last words stay', async () => {
    const { chat } = opened();
    await picture('1-empty');
    await chat.send('Write one sentence about the sea.');
    await chat.waitForText(1);
    await picture('1-streaming');
    await chat.waitForState('done');
    assert.notEqual((await chat.text()).trim(), '');
    await picture('1-done');
  });

  it('ends an answer at Stop, and answers the next question', async () => {
    const { chat } = opened();
    await inTheMiddle('stopped', async () => {
      try {
        await chat.button('Stop').click({ timeout: 3_000 });
      } catch (error) {
        if (!(error instanceof errors.TimeoutError)) throw error;
      }
    });
    await picture('2-stopped');
    await chat.send('Name three colors as a list.');
    await chat.waitForState('done');
    await picture('2-asked-again');
  });

  it('explains code of this repository under it, and answers a follow-up', async () => {
    const { workbench, thread, host } = opened();
    const target = path.join(host.workspaceFolder, 'src', 'clock.ts');
    await copyFile(inRepo('src', 'shared', 'clock.ts'), target);
    await workbench.openFile('clock.ts');
    await workbench.selectLines(88, 96);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitForText(1);
    await picture('3-streaming');
    await thread.waitUntilDone();
    await opened().screenshot('e2e/real-explanation');
    const before = await thread.comments().count();
    await thread.ask('When does it run at once?');
    await thread.waitUntilDone();
    await opened().screenshot('e2e/real-explanation-follow-up');
    assert.ok((await thread.comments().count()) > before);
  });

  if (isTour) {
    it('answers about attached files, and keeps the next question until then', async () => {
      const { chat, workbench } = opened();
      await workbench.openFile('money.ts');
      await workbench.runCommand('Cria: Ask About File');
      await chat.chip('money.ts').waitFor();
      await chat.messageBox().pressSequentially('Compare it with #cart');
      const offered = chat.content.getByRole('option').filter({ hasText: 'cart.ts' }).first();
      await offered.waitFor();
      await picture('4-completion');
      await offered.click();
      await chat.chip('cart.ts').waitFor();
      await picture('4-chips');
      await chat.messageBox().press('Enter');
      await chat.waitForState('answering', 'done');
      await chat.messageBox().fill('And in one sentence?');
      await chat.messageBox().press('Enter');
      await picture('4-queued');
      await chat.waitForState('done');
    });

    it('shows the commands, and what the context holds', async () => {
      const { chat } = opened();
      await chat.messageBox().pressSequentially('/');
      await chat.content.getByRole('option').first().waitFor();
      await picture('5-commands');
      await chat.messageBox().fill('');
      await chat.button('tokens used').click();
      const details = chat.content.getByRole('dialog');
      await details.waitFor();
      await picture('5-context');
      await details.press('Escape');
    });

    it('keeps an answer that was interrupted by a reload', async () => {
      const { chat } = opened();
      await inTheMiddle('interrupted', async () => {
        await opened().reload();
        await chat.open();
      });
      await picture('6-restored');
    });

    it('looks right in every theme, and in 300 px', async () => {
      for (const theme of ['light', 'highContrastDark', 'highContrastLight'] as const) {
        await opened().setTheme(theme);
        await picture(`7-${theme}`);
      }
      await opened().setTheme('dark');
      await opened().workbench.setSideBarWidth(300);
      await picture('7-narrow');
    });
  }

  it('has reported no error of the page', () => {
    assert.deepEqual(opened().pageErrors, []);
  });
});
