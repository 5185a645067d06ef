import assert from 'node:assert/strict';
import { HumanError } from '../../support/humanError';
import { temporaryFolder } from '../../support/temporaryFolder';
import { requireCompiler } from '../../support/vscodeNativeParts';

describe('the oldest VS Code, where nothing can be compiled', () => {
  it('is not tested, and one sentence says what is missing', async () => {
    const empty = await temporaryFolder('no-programs');
    const { PATH } = process.env;
    process.env['PATH'] = empty.path;
    try {
      await assert.rejects(requireCompiler(), (error) => {
        assert.ok(error instanceof HumanError);
        assert.match(
          error.message,
          /^The oldest VS Code cannot be tested here: [^.]*a C\+\+ compiler \(c\+\+\) and make and Python/u,
        );
        return true;
      });
    } finally {
      process.env['PATH'] = PATH;
      await empty.remove();
    }
  });
});
