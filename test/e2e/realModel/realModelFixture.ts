import assert from 'node:assert/strict';
import { HumanError } from '../../support/process';
import type { RunningModel } from '../../support/localModel/installModel';
import { findRealModel } from '../../support/realModel';

/**
 * A real model for the tests of a `describe`, ended after them. Where there is none, the tests are
 * skipped, and the reason is printed: no model is required to work on Cria.
 */
export function useRealModel(find: () => Promise<RunningModel> = findRealModel): {
  readonly model: RunningModel;
} {
  let model: RunningModel | undefined;
  before(async function () {
    try {
      model = await find();
    } catch (error) {
      if (!(error instanceof HumanError)) throw error;
      process.stdout.write(`    skipped: ${error.message}\n`);
      this.skip();
    }
  });
  after(async () => {
    await model?.stop();
  });
  return {
    get model() {
      assert.ok(model);
      return model;
    },
  };
}
