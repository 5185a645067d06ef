import assert from 'node:assert/strict';
import { usePage } from '../../support/page/usePage';

describe('Errors of the page', function () {
  this.timeout(30_000);
  const open = usePage();

  it('are reported to the host: thrown, rejected, and refused by the policy', async () => {
    const harness = await open();
    await harness.page.evaluate(async () => {
      setTimeout(() => {
        throw new Error('thrown on purpose');
      });
      void Promise.reject(new Error('rejected on purpose'));
      try {
        document.body.append(document.createRange().createContextualFragment('<b>x</b>'));
      } catch {
        // Trusted Types refuse it, which is what is looked for.
      }
      const image = document.createElement('img');
      image.src = 'https://elsewhere.test/pixel.png';
      await new Promise((refused) => image.addEventListener('error', refused));
    });
    const problems = await harness.takeProblems();
    for (const part of [
      /thrown on purpose/u,
      /rejected on purpose/u,
      /require-trusted-types-for refused/u,
      /img-src refused https:\/\/elsewhere\.test/u,
    ]) {
      assert.ok(
        problems.some((problem) => part.test(problem)),
        `${String(part)} in ${problems.join('\n')}`,
      );
    }
  });
});
