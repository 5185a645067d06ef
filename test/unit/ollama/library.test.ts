import assert from 'node:assert/strict';
import { ManualClock } from '../../support/clock';
import { fail, json, respond, silent } from '../../support/ollamaServer/scripts';
import { Fixture, model, rejection } from './clientFixture';

describe('OllamaClient, the models', () => {
  const fixture = new Fixture();

  it('lists, shows, loads, unloads and removes them', async () => {
    fixture.server.models([{ name: model, numCtx: 2048 }, 'b:1b']);
    const client = fixture.client();
    assert.deepEqual(
      (await client.tags()).models.map((entry) => entry.name),
      [model, 'b:1b'],
    );
    assert.match((await client.show(model)).parameters ?? '', /num_ctx +2048/u);
    assert.deepEqual((await client.ps()).models, []);
    await client.load(model, { keepAlive: '5m', options: { num_ctx: 2048 } });
    assert.deepEqual(
      (await client.ps()).models.map((entry) => entry.name),
      [model],
    );
    await client.unload(model);
    assert.deepEqual((await client.ps()).models, []);
    await client.remove('b:1b');
    assert.deepEqual(
      (await client.tags()).models.map((entry) => entry.name),
      [model],
    );
    assert.equal(await client.version(), '0.33.0');
  });

  it('loads and unloads with the fields that Ollama takes', async () => {
    const client = fixture.client();
    await client.load(model, { keepAlive: -1, options: { num_ctx: 2048 } });
    await client.load(model);
    await client.unload(model);
    assert.deepEqual(
      fixture.server.requestsTo('/api/generate').map((request) => request.json),
      [
        { model, keep_alive: -1, options: { num_ctx: 2048 }, stream: false },
        { model, stream: false },
        { model, keep_alive: 0, stream: false },
      ],
    );
  });

  it('rejects with the message of the server', async () => {
    const client = fixture.client();
    await rejection(client.show('x'), 'modelMissing');
    await rejection(client.remove('x'), 'modelMissing');
    await rejection(client.load('x'), 'modelMissing');
    await rejection(client.unload('x'), 'modelMissing');
    fixture.server.on('/api/generate', fail(500, 'cudaMalloc failed'));
    await rejection(client.load(model), 'outOfMemory');
  });

  it('does not take every 200 for a load', async () => {
    const client = fixture.client();
    fixture.server.on('/api/generate', json({ response: 'a', done: false }));
    await rejection(client.load(model), 'protocol');
    fixture.server.on('/api/generate', json({ error: 'out of memory' }));
    await rejection(client.load(model), 'outOfMemory');
    fixture.server.on('/api/generate', respond(200, {}, ''));
    await rejection(client.load(model), 'protocol');
  });

  it('takes JSON with a byte order mark, and refuses what is none', async () => {
    const client = fixture.client();
    fixture.server.on('/api/version', respond(200, {}, '\uFEFF{"version":"1"}'));
    assert.equal(await client.version(), '1');
    for (const body of ['', 'Ollama is running', '{"version":', '[]']) {
      fixture.server.on('/api/version', respond(200, {}, body));
      await rejection(client.version(), 'protocol');
    }
  });

  it('waits 30 s for an answer, but for a load as long as it takes', async () => {
    const clock = new ManualClock();
    const client = fixture.client({ clock });
    fixture.server.on('/api/tags', silent());
    fixture.server.on('/api/generate', silent());
    const listing = client.tags();
    const loading = client.load(model);
    await Promise.all([
      fixture.server.received('/api/tags'),
      fixture.server.received('/api/generate'),
    ]);
    clock.advance(29_999);
    const outcome = Promise.race([loading, listing.catch((error: unknown) => error)]);
    clock.advance(1);
    const error = await rejection(listing, 'unreachable');
    assert.equal(await outcome, error);
    assert.match(error.message, /did not respond within 30 s/u);
    clock.advance(3_600_000);
    fixture.server.dropConnections();
    await rejection(loading, 'unreachable');
  });
});
