import { totalmem } from 'node:os';
import * as v from 'valibot';
import type * as vscode from 'vscode';
import { ContextBudget, type KnownModel } from '../conversation/contextBudget';
import type { Logger, ModelServer } from '../conversation/ports';
import { textKinds } from '../conversation/tokenEstimate';
import { fullName } from '../ollama/modelName';
import { isThisMachine } from '../shared/urlPolicy';
import type { KeyValueStore } from '../storage/checkpoint';
import type { KnownServer, KnownServers } from './serverInUse';

const knownModelsKey = 'cria.knownModels';
/** Those that were used last; of others it is found out again. */
const mostModels = 32;

const tokens = v.pipe(v.number(), v.minValue(1));
const factor = v.object({
  value: v.pipe(v.number(), v.minValue(0.1), v.maxValue(10)),
  deviation: v.pipe(v.number(), v.minValue(0), v.maxValue(10)),
});

const schema = v.array(
  v.tuple([
    v.string(),
    v.object({
      factors: v.exactOptional(v.object(v.entriesFromList(textKinds, v.exactOptional(factor)))),
      allocated: v.exactOptional(v.record(v.string(), tokens)),
      context: v.exactOptional(
        v.object({
          isLoaded: v.exactOptional(v.boolean()),
          allocated: v.exactOptional(tokens),
          configured: v.exactOptional(tokens),
          maximum: v.exactOptional(tokens),
          isFixed: v.exactOptional(v.boolean()),
          sizeBytes: v.exactOptional(v.number()),
          bytesPerToken: v.exactOptional(v.number()),
        }),
      ),
      step: v.exactOptional(tokens),
      stepBefore: v.exactOptional(tokens),
      refused: v.exactOptional(tokens),
      held: v.exactOptional(tokens),
    }),
  ]),
);

/** What was found out about models, kept for all windows of this machine. */
class KnownModels {
  readonly #memento: vscode.Memento;
  readonly #models: Map<string, KnownModel>;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
    const stored = v.safeParse(schema, memento.get(knownModelsKey));
    this.#models = new Map(stored.success ? stored.output : []);
  }

  get(model: string): KnownModel | undefined {
    return this.#models.get(model);
  }

  /** Resolves when it is kept; another window's knowledge may take its place, which does no harm. */
  async set(model: string, known: KnownModel): Promise<void> {
    this.#models.delete(model);
    this.#models.set(model, known);
    await this.#memento.update(knownModelsKey, [...this.#models].slice(-mostModels));
  }
}

/** @param server what is known belongs to a model on this server */
export function createContextBudget(
  memento: vscode.Memento,
  server: Pick<ModelServer, 'contextOf' | 'origin'>,
  logger: Logger,
): ContextBudget {
  const models = new KnownModels(memento);
  const getKey = (model: string): string => `${server.origin} ${fullName(model)}`;
  return new ContextBudget({
    logger,
    known: (model) => models.get(getKey(model)),
    remember: (model, known) => {
      models.set(getKey(model), known).catch((error: unknown) => logger.warn(String(error)));
    },
    contextOf: (model) => server.contextOf(model),
    memoryBytes: () => (isThisMachine(server.origin) ? totalmem() : undefined),
  });
}

const lastUsedKey = 'cria.lastUsed';
/** More than anybody chooses between; the oldest are forgotten. */
const most = 50;

/** When each model was last asked, in milliseconds since 1970. */
export class LastUsed {
  readonly #memento: KeyValueStore;

  constructor(memento: KeyValueStore) {
    this.#memento = memento;
  }

  of(model: string): number | undefined {
    return this.#all()[fullName(model)];
  }

  async note(model: string, nowMs: number): Promise<void> {
    const newest = Object.entries({ ...this.#all(), [fullName(model)]: nowMs })
      .sort(([, one], [, other]) => other - one)
      .slice(0, most);
    await this.#memento.update(lastUsedKey, Object.fromEntries(newest));
  }

  #all(): Readonly<Record<string, number>> {
    const stored = v.safeParse(v.record(v.string(), v.number()), this.#memento.get(lastUsedKey));
    return stored.success ? stored.output : {};
  }
}

const knownServersKey = 'cria.knownServers';

/** Which API was found at each address, kept for all windows of this machine. */
export class KnownServerMemory implements KnownServers {
  readonly #memento: KeyValueStore;

  constructor(memento: KeyValueStore) {
    this.#memento = memento;
  }

  get(origin: string): KnownServer | undefined {
    return this.#all()[origin];
  }

  set(origin: string, known: KnownServer | undefined): void {
    const others = Object.entries(this.#all()).filter(([other]) => other !== origin);
    const own = known === undefined ? [] : [[origin, known] as const];
    void this.#memento.update(
      knownServersKey,
      Object.fromEntries([...others, ...own].slice(-most)),
    );
  }

  #all(): Readonly<Record<string, KnownServer>> {
    const stored = v.safeParse(knownServersSchema, this.#memento.get(knownServersKey));
    return stored.success ? stored.output : {};
  }
}

const knownServersSchema = v.record(
  v.string(),
  v.object({ api: v.picklist(['ollama', 'openai']), path: v.exactOptional(v.string()) }),
);
