import assert from 'node:assert/strict';
import type { ModelEvent } from '../../../src/conversation/ports';
import { explainSettings } from '../../../src/explain/explainDialogue';
import { createOllamaProvider, type OllamaProvider } from '../../../src/server/ollamaProvider';
import { chatSettings, type Settings } from '../../../src/settings/settingDescriptors';
import { useRealModel } from './realModelFixture';
import { defaultSettings } from '../../support/settingsDocs';

describe('one profile for a real model', () => {
  const real = useRealModel();
  let backend: OllamaProvider;
  let settings: Settings;
  const { signal } = new AbortController();

  before(() => {
    const { url, model } = real.model;
    settings = {
      ...defaultSettings,
      endpoint: url,
      model,
      contextLength: 2_048,
      keepAlive: '10m',
      temperature: 0,
      options: { num_predict: 4 },
      systemPrompt: 'Be brief.',
    };
    backend = createOllamaProvider();
    backend.connect(url);
  });

  after(() => backend.dispose());

  /** How long the model was loaded for this answer, in milliseconds. */
  async function loading(events: AsyncIterable<ModelEvent>): Promise<number> {
    let end: (ModelEvent & { type: 'end' })['end'] | undefined;
    for await (const event of events) if (event.type === 'end') ({ end } = event);
    assert.ok(end?.kind === 'done');
    return (end.metrics.loadDurationNs ?? 0) / 1e6;
  }

  it('loads it once for chat, explanation and Continue', async () => {
    const { admin } = backend;
    const { model, systemPrompt, profile } = chatSettings(settings);
    await admin.unload(model);
    const asked = [
      { role: 'system', content: systemPrompt },
      { role: 'user', content: 'Say hello.' },
    ] as const;
    const first = await loading(backend.chat({ model, messages: asked, profile }, signal));
    const [before] = await admin.loaded();
    const explain = explainSettings(settings);
    const later = [
      await loading(backend.generate({ ...explain, prompt: 'const a = 1;' }, signal)),
      await loading(
        backend.chat(
          {
            ...{ model, profile, think: false },
            messages: [...asked, { role: 'assistant', content: 'Hel' }],
          },
          signal,
        ),
      ),
      await loading(backend.chat({ model, messages: asked, profile }, signal)),
    ];
    process.stdout.write(`      loaded in ${first} ms, later ${later.join(', ')} ms\n`);
    assert.ok(later.every((one) => one < first / 2));
    const [now] = await admin.loaded();
    assert.ok(before && now);
    assert.deepEqual(
      [now.name, now.contextLength, now.sizeBytes],
      [before.name, 2_048, before.sizeBytes],
    );
    await admin.unload(model);
  });
});
