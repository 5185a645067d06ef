import { totalmem } from 'node:os';
import type { LoadedModel, ModelCard, ModelKeeper } from '../conversation/modelKeeper';
import type {
  ConnectionProbe,
  InstalledModel,
  Logger,
  RequestProfile,
} from '../conversation/ports';
import { isThisMachine } from '../server/origins';
import { contextInForce, fitOf, memoryNeed, type Fit, type Need } from './fit';

export interface ModelInfoOptions {
  readonly keeper: ModelKeeper;
  readonly connection: ConnectionProbe;
  readonly profileOf: (model: string) => RequestProfile;
  readonly logger: Logger;
  /** Bytes of memory of the machine that the extension runs on. */
  readonly memoryBytes?: number;
}

export interface Estimate {
  readonly contextLength: number;
  readonly need: Need;
  readonly memoryBytes: number;
  readonly fit: Fit;
}

/** What is known of the models, put together from what the server tells and from what is set. */
export class ModelInfo {
  readonly #options: ModelInfoOptions;
  readonly #cards = new Map<string, ModelCard>();

  constructor(options: ModelInfoOptions) {
    this.#options = options;
  }

  /** The models in memory; none on a server that does not tell. */
  async loaded(): Promise<readonly LoadedModel[]> {
    try {
      return await this.#options.keeper.loaded();
    } catch (error) {
      this.#options.logger.debug(`What is loaded could not be had: ${String(error)}`);
      return [];
    }
  }

  /** What was told of it so far. */
  card(model: InstalledModel): ModelCard | undefined {
    return this.#cards.get(this.#key(model));
  }

  /** Asks for what is not known yet; a server that does not tell leaves it unknown. */
  async learn(model: InstalledModel): Promise<ModelCard | undefined> {
    const known = this.card(model);
    if (known) return known;
    try {
      const card = await this.#options.keeper.card(model.name);
      this.#cards.set(this.#key(model), card);
      return card;
    } catch (error) {
      this.#options.logger.debug(`${model.name} could not be shown: ${String(error)}`);
      return undefined;
    }
  }

  /** Whether it fits at the context in force; undefined where its size or the machine is not known. */
  estimate(model: InstalledModel, contextLength?: number): Estimate | undefined {
    if (model.cloud || model.size === 0 || !isThisMachine(this.#options.connection.origin))
      return undefined;
    const card = this.card(model);
    const set = contextLength ?? this.#options.profileOf(model.name).contextLength;
    const length = contextInForce(set, card);
    const need = memoryNeed(model.size, card, length);
    const memoryBytes = this.#options.memoryBytes ?? totalmem();
    return { contextLength: length, need, memoryBytes, fit: fitOf(need, memoryBytes) };
  }

  /** What it can do; servers before 0.30 say so only when they are asked for the one model. */
  capabilities(model: InstalledModel): readonly string[] | undefined {
    return model.capabilities ?? this.card(model)?.capabilities;
  }

  /** A model that was changed has another digest; one at another address may be another model. */
  #key({ name, digest }: InstalledModel): string {
    return `${this.#options.connection.origin} ${name} ${digest ?? ''}`;
  }
}
