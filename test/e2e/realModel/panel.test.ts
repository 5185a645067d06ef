import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { inRepo } from '../../support/folders';
import { CriaWindow } from '../support/criaWindow';
import { useRealModel } from '../support/realModelFixture';
import { stopInTheMiddle } from '../support/stopInTheMiddle';

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
    window = await CriaWindow.open({ settings: { 'cria.endpoint': url, 'cria.model': model } });
    await window.chat.open();
  });

  after(async () => {
    await window?.close();
  });

  it('streams an answer, and its last words stay', async () => {
    const { chat } = opened();
    await chat.send('Write one sentence about the sea.');
    await chat.waitForText(1);
    await chat.waitForState('done');
    assert.notEqual((await chat.text()).trim(), '');
  });

  it('ends an answer at Stop, and answers the next question', async () => {
    const { chat } = opened();
    await stopInTheMiddle(chat);
    await chat.send('Say hello.');
    await chat.waitForState('done');
  });

  it('explains code of this repository under it, and answers a follow-up', async () => {
    const { workbench, thread, host } = opened();
    const target = path.join(host.workspaceFolder, 'src', 'clock.ts');
    await copyFile(inRepo('src', 'shared', 'clock.ts'), target);
    await workbench.openFile('clock.ts');
    await workbench.selectLines(88, 96);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitForText(1);
    await thread.waitUntilDone();
    await opened().screenshot('e2e/real-explanation');
    const before = await thread.comments().count();
    await thread.ask('When does it run at once?');
    await thread.waitUntilDone();
    await opened().screenshot('e2e/real-explanation-follow-up');
    assert.ok((await thread.comments().count()) > before);
  });

  it('has reported no error of the page', () => {
    assert.deepEqual(opened().pageErrors, []);
  });
});
