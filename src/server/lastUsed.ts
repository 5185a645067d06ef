import * as v from 'valibot';
import { fullName } from '../shared/modelName';
import type { KeyValueStore } from '../storage/checkpointKeeper';

const key = 'cria.lastUsed';
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
    await this.#memento.update(key, Object.fromEntries(newest));
  }

  #all(): Readonly<Record<string, number>> {
    const stored = v.safeParse(v.record(v.string(), v.number()), this.#memento.get(key));
    return stored.success ? stored.output : {};
  }
}
