import assert from 'node:assert/strict';
import { HumanError } from '../support/humanError';
import { findRealModel, type RealModel } from '../support/realModel';
import { CriaWindow } from './support/criaWindow';

describe('with a real model', () => {
  let model: RealModel | undefined;
  let window: CriaWindow | undefined;

  /** The open window; only called after `before` has opened it. */
  function opened(): CriaWindow {
    assert.ok(window);
    return window;
  }

  before(async function () {
    model = await modelOrReason((reason) => {
      process.stdout.write(`    skipped: ${reason}\n`);
      this.skip();
    });
    const settings = { 'cria.endpoint': model?.url, 'cria.model': model?.model };
    window = await CriaWindow.open({ settings });
    await window.chat.open();
  });

  after(async () => {
    await window?.close();
    await model?.stop();
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
    await chat.send('Count from one to two hundred in words.');
    await chat.waitForText(10);
    await chat.stop();
    await chat.waitForState('stopped');
    await chat.send('Say hello.');
    await chat.waitForState('done');
  });

  it('explains selected code under it, and answers a follow-up', async () => {
    const { workbench, thread } = opened();
    await workbench.openFile('debounce.ts');
    await workbench.selectLines(5, 14);
    await workbench.runCommand('Cria: Explain Selection');
    await thread.waitForText(1);
    await thread.waitUntilDone();
    const before = await thread.comments().count();
    await thread.ask('Why is the timer cleared?');
    await thread.waitUntilDone();
    assert.ok((await thread.comments().count()) > before);
  });

  it('has reported no error of the page', () => {
    assert.deepEqual(opened().pageErrors, []);
  });
});

async function modelOrReason(skip: (reason: string) => void): Promise<RealModel | undefined> {
  try {
    return await findRealModel();
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    skip(error.message);
    return undefined;
  }
}
