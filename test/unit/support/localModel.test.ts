import assert from 'node:assert/strict';
import { renderChat } from '../../support/localModel/chatTemplate';
import { Failure } from '../../support/localModel/failure';
import { keepAliveMs } from '../../support/localModel/keepAlive';
import { StopFilter } from '../../support/localModel/stopFilter';

describe('the local model server', () => {
  it('reads keep_alive as Ollama does', () => {
    const values = [30, 0, -1, '1h30m', '500ms', '0', '-1s', '1.5m'];
    assert.deepEqual(values.map(keepAliveMs), [
      ...[30_000, 0, Infinity, 5_400_000, 500],
      ...[0, Infinity, 90_000],
    ]);
    assert.throws(
      () => keepAliveMs('300'),
      new Failure(400, 'time: missing unit in duration "300"'),
    );
    assert.throws(() => keepAliveMs('soon'), /invalid duration "soon"/u);
  });

  it('renders a conversation in the form the model was trained on', () => {
    const prompt = renderChat([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]);
    assert.equal(
      prompt,
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('ends at a stop sequence that comes in pieces, and shows nothing of it', () => {
    const filter = new StopFilter(['END', '---']);
    assert.deepEqual(filter.push('one E'), { text: 'one ', stopped: false });
    assert.deepEqual(filter.push('N'), { text: '', stopped: false });
    assert.deepEqual(filter.push('D two'), { text: '', stopped: true });
  });

  it('gives back what only looked like a stop sequence', () => {
    const filter = new StopFilter(['END']);
    assert.deepEqual(filter.push('EN'), { text: '', stopped: false });
    assert.deepEqual(filter.push('joy E'), { text: 'ENjoy ', stopped: false });
    assert.equal(filter.flush(), 'E');
  });
});
