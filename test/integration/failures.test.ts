import assert from 'node:assert/strict';
import { type AssistantTurn, failureKinds, type Failure } from '../../src/shared/turn';
import { fixActions } from '../../src/shared/protocol';
import { connectionView, endNotice } from '../../src/chat/turnViews';
import { failureNotice, fixButton } from '../../src/ui/failureMessages';

const model = 'qwen3:8b';
const origin = 'http://127.0.0.1:11434';
const outgrown: AssistantTurn = {
  role: 'assistant',
  id: 'a',
  parent: null,
  createdAt: 0,
  model,
  text: 'It is.',
  thinking: '',
  state: 'done',
  end: { kind: 'done', reason: 'stop' },
};

describe('the notice of a failure', () => {
  for (const kind of failureKinds) {
    it(`${kind}: one sentence, and a button that fixes it`, () => {
      // The message of this kind is the place that answered, which the user has to know.
      const message = kind === 'answeredElsewhere' ? 'ollama.com' : 'EFAULT 0x7f of the system';
      const failure: Failure = { kind, message };
      const { sentence, buttons, severity } = failureNotice(failure, model, origin);
      assert.equal(severity, 'error');
      assert.match(sentence, /^\p{Lu}|^http|^“?qwen3/u);
      assert.match(sentence, /[^.]\.$/u);
      assert.doesNotMatch(sentence, /EFAULT|undefined|\{\d\}/u);
      assert.ok(buttons.length > 0);
      assert.equal(new Set(buttons.map(({ action }) => action)).size, buttons.length);
    });
  }

  it('names the model and the address where they matter', () => {
    const said = (kind: Failure['kind']): string =>
      failureNotice({ kind, message: '' }, model, origin).sentence;
    assert.ok(said('modelMissing').includes(model));
    assert.ok(said('refused').includes(' 127.0.0.1:11434'));
    assert.ok(said('dns').includes(' 127.0.0.1:11434'));
  });

  it('says which version of Ollama runs where it is too old for the model (case 26)', () => {
    const failure: Failure = { kind: 'outdatedServer', message: 'unknown architecture' };
    const said = (version: string): string =>
      failureNotice({ ...failure, version }, model, origin).sentence;
    assert.equal(said('0.5.1'), 'qwen3:8b needs a newer version of Ollama than 0.5.1.');
    assert.doesNotMatch(said('0\u202e5\n$(zap)'), /\u202e|\n/u);
    assert.match(failureNotice(failure, model, origin).sentence, /than the one at 127/u);
  });

  it('offers to start Ollama only where that can be done', () => {
    const offered = (at: string): boolean =>
      failureNotice({ kind: 'refused', message: '' }, model, at).buttons.some(
        ({ action }) => action === 'startServer',
      );
    assert.deepEqual(
      [origin, 'http://localhost:1', 'http://[::1]:1', 'http://gpu.lan:11434'].map(offered),
      [true, true, true, false],
    );
  });

  it('offers the fix first for a connection that fails, and always Retry', () => {
    const offered = (kind: Failure['kind']): readonly string[] => {
      const failure: Failure = { kind, message: '' };
      const { notice } = connectionView({ kind: 'failed', failure }, origin, model);
      return notice?.buttons.map(({ action }) => action) ?? [];
    };
    assert.deepEqual(offered('refused'), ['checkConnection', 'startServer', 'changeEndpoint']);
    assert.deepEqual(offered('unreachable'), ['checkConnection', 'diagnose', 'changeEndpoint']);
    assert.deepEqual(offered('unauthorized'), ['setApiKey', 'diagnose', 'checkConnection']);
    assert.deepEqual(offered('dns'), ['changeEndpoint', 'checkConnection', 'diagnose']);
    assert.deepEqual(offered('tls'), ['diagnose', 'changeEndpoint', 'checkConnection']);
  });

  it('names the exact counts of a message that does not fit', () => {
    const failure = {
      kind: 'contextOverflow',
      message: '',
      promptTokens: 5000,
      contextLength: 4096,
    } as const;
    assert.match(failureNotice(failure, model, origin).sentence, /5,000.*4,096/u);
  });

  it('offers a longer context for a message that does not fit, and a new chat last', () => {
    const failure = { kind: 'contextOverflow', message: 'too long' } as const;
    const actions = failureNotice(failure, model, origin).buttons.map(({ action }) => action);
    assert.deepEqual(actions, ['setContextLength', 'retry', 'newConversation']);
  });

  it('offers nothing that another server decides', () => {
    const actionsFor = (failure: Failure): readonly string[] =>
      failureNotice({ server: 'vLLM', ...failure }, model, origin).buttons.map(
        ({ action }) => action,
      );
    const overflow = { kind: 'contextOverflow', message: '' } as const;
    assert.deepEqual(actionsFor({ ...overflow, promptTokens: 5000, contextLength: 4096 }), [
      ...['newConversation', 'selectModel', 'retry'],
    ]);
    // It does not say its length, which the user may know.
    assert.ok(actionsFor(overflow).includes('setContextLength'));
    const crashed = { kind: 'modelCrashed', message: 'EngineCore encountered an issue.' } as const;
    assert.deepEqual(actionsFor(crashed), ['retry', 'selectModel', 'diagnose']);
  });

  it('says when an answer has outgrown the context window, with the ways out', () => {
    const answer = { ...outgrown, metrics: { hasOutgrownContext: true } };
    const notice = endNotice(answer, origin);
    assert.match(notice?.sentence ?? '', /longer than the context window/u);
    assert.deepEqual(
      notice?.buttons.map(({ action }) => action),
      ['setContextLength', 'summarize'],
    );
    assert.equal(endNotice({ ...outgrown, metrics: {} }, origin), undefined);
  });

  it('says what was left out, also under an answer that ended early or repeats itself', () => {
    const offered = { from: 4096, to: 8192 };
    const metrics = { turnsLeftOut: 2, offered };
    const buttons = (answer: AssistantTurn): readonly string[] | undefined =>
      endNotice(answer, origin)?.buttons.map(({ action }) => action);
    const done = { ...outgrown, metrics };
    assert.equal(endNotice(done, origin)?.sentence, '2 earlier messages did not fit.');
    assert.deepEqual(buttons(done), ['useContext', 'summarize']);
    const stopped: AssistantTurn = { ...done, end: { kind: 'stopped' } };
    assert.equal(endNotice(stopped, origin)?.sentence, 'Stopped.');
    assert.equal(endNotice(stopped, origin)?.detail, '2 earlier messages did not fit.');
    assert.deepEqual(buttons(stopped)?.slice(-2), ['useContext', 'summarize']);
    const long = { ...done, metrics: { ...metrics, hasOutgrownContext: true } };
    assert.deepEqual(buttons(long), ['setContextLength', 'summarize', 'useContext']);
    const ofSummary = endNotice(done, origin, true)?.buttons.map(({ action }) => action);
    assert.deepEqual(ofSummary, ['useContext']);
  });

  it('says when a content filter has ended an answer', () => {
    const notice = endNotice({ ...outgrown, end: { kind: 'done', reason: 'filter' } }, origin);
    assert.match(notice?.sentence ?? '', /content filter/u);
    assert.deepEqual(
      notice?.buttons.map(({ action }) => action),
      ['retry', 'selectModel'],
    );
  });

  it('offers a higher repeat penalty after a model has repeated itself, stopped or not', () => {
    const metrics = { hasRepeated: true };
    for (const end of [{ kind: 'stopped' }, { kind: 'done', reason: 'length' }] as const) {
      const notice = endNotice({ ...outgrown, metrics, end }, origin);
      assert.equal(notice?.sentence, 'The model repeated itself.');
      assert.deepEqual(
        notice.buttons.map(({ action }) => action),
        ['retryVaried', 'retry'],
      );
    }
  });

  it('adds the words of the server where they say more', () => {
    const failure = { kind: 'server', message: 'llama runner terminated' } as const;
    assert.equal(failureNotice(failure, model, origin).detail, 'llama runner terminated');
    assert.equal(failureNotice({ ...failure, message: '' }, model, origin).detail, undefined);
  });

  it('has a label for every button, and its own for each but the two that retry', () => {
    const labels = fixActions.map((action) => fixButton(action).label);
    assert.ok(labels.every((label) => label.length > 2));
    assert.equal(new Set(labels).size, labels.length - 1);
  });
});
