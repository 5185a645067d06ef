import type { ModelCard, ModelKeeper, PullEnd, PullStep } from '../conversation/modelKeeper';
import type { Failure } from '../shared/turn';
import { cacheBytesPerToken } from '../ollama/cacheSize';
import type { OllamaError } from '../ollama/errors';
import type { PullEvent, StreamEnd } from '../ollama/streamEvents';
import { definedOnly } from '../ollama/json';
import { modelProfile } from '../ollama/profile';
import { loadRequest, type OllamaBackend } from './ollamaBackend';

/** Joins what can be done with a server's models to Ollama; a part of the bundle for models. */
export function createModelKeeper(backend: OllamaBackend): ModelKeeper {
  return {
    installed: (signal) => backend.installed(signal),
    loaded: () =>
      backend.ask(async (client) =>
        (await client.ps()).models.map((model) => ({
          name: model.name,
          sizeBytes: model.size,
          gpuBytes: model.size_vram,
          ...(model.expires_at === undefined ? {} : { expiresAt: model.expires_at }),
          ...(model.context_length === undefined ? {} : { contextLength: model.context_length }),
        })),
      ),
    card: (model) =>
      backend.ask(async (client) => {
        const show = await client.show(model);
        const { context, capabilities, family } = modelProfile(model, { show });
        return definedOnly<ModelCard>({
          capabilities,
          trainedContext: context.trained,
          configuredContext: context.configured,
          family,
          format: show.details.format,
          parameters: show.parameters,
          template: show.template,
          system: show.system,
          licence: show.license,
          bytesPerToken: cacheBytesPerToken(show),
        });
      }),
    async *pull(model, signal) {
      const client = await backend.ask((it) => Promise.resolve(it));
      for await (const event of client.pull(model, { signal })) {
        yield pullStep(event, (error) => backend.failureOf(error));
      }
    },
    remove: (model) => backend.ask((client) => client.remove(model)),
    load: (model, profile) => backend.ask((client) => client.load(model, loadRequest(profile))),
    unload: (model) => backend.ask((client) => client.unload(model)),
    version: () => backend.ask((client) => client.version()),
  };
}

function pullStep(event: PullEvent, failureOf: (error: OllamaError) => Failure): PullStep {
  switch (event.type) {
    case 'progress':
      return { type: 'progress', status: event.status, ...event.overall };
    case 'retry':
      return { type: 'retry' };
    case 'end':
      return { type: 'end', end: pullEnd(event.end, failureOf) };
  }
}

function pullEnd(end: StreamEnd, failureOf: (error: OllamaError) => Failure): PullEnd {
  if (end.kind === 'done' || end.kind === 'cancelled') return { kind: end.kind };
  return { kind: 'failed', failure: failureOf(end.error) };
}
