import { type InstalledModel, ModelFailure, type ModelLocation } from '../conversation/ports';
import { fullName, parseModelName } from '../ollama/modelName';
import type { ShowResponse } from '../ollama/responses';
import type { Clock } from '../shared/clock';
import type { Failure, FailureKind } from '../shared/turn';

/** A model can be replaced by one of the same name, so what is known is used only so long, in milliseconds. */
const maxAgeMs = 60_000;

export interface LocationQueries {
  /** Rejects with a `ModelFailure`, as `show` does. */
  readonly list: () => Promise<readonly InstalledModel[]>;
  readonly show: (name: string) => Promise<ShowResponse>;
}

/** Where the models of one server run, as far as the server reports it. A model in no list is not local. */
export class ModelLocations {
  readonly #clock: Clock;
  /** The last list, by full name. */
  #listed: ReadonlyMap<string, InstalledModel> = new Map();
  readonly #locations = new Map<
    string,
    { readonly location: ModelLocation; readonly atMs: number }
  >();

  /** Models whose answers have come from elsewhere, whatever lists say. */
  readonly #remote = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The model in the last list. */
  find(model: string): InstalledModel | undefined {
    return this.#listed.get(fullName(model));
  }

  learn(list: readonly InstalledModel[]): void {
    this.#listed = new Map(list.map((model) => [fullName(model.name), model]));
    this.#locations.clear();
    for (const { name, cloud } of list) {
      // Of two entries with the same name, the one that leaves the server counts.
      if (this.#known(fullName(name)) !== 'cloud') this.#set(fullName(name), cloud);
    }
  }

  /** An answer of the model came from elsewhere. */
  learnRemote(model: string): void {
    this.#remote.add(fullName(model));
  }

  /** Rejects with a `ModelFailure`: then nothing may be sent to the model. */
  async locate(model: string, { list, show }: LocationQueries): Promise<ModelLocation> {
    const name = parseModelName(model);
    if (!name) throw new ModelFailure({ kind: 'invalidModel', message: '' });
    if (name.source === 'cloud') return 'cloud';
    const full = fullName(model);
    const known = this.#known(full) ?? (await this.#learnFrom(list, full));
    if (known) return known;
    try {
      const { remote_host, remote_model } = await show(name.text);
      return this.#set(full, remote_host !== undefined || remote_model !== undefined);
    } catch (error) {
      throw error instanceof ModelFailure ? toLocationFailure(error) : error;
    }
  }

  /** A server that does not list its models may still describe one. */
  async #learnFrom(
    list: LocationQueries['list'],
    full: string,
  ): Promise<ModelLocation | undefined> {
    try {
      await list();
    } catch (error) {
      if (!(error instanceof ModelFailure) || isDecided(error.failure)) throw error;
    }
    return this.#known(full);
  }

  #known(full: string): ModelLocation | undefined {
    if (this.#remote.has(full)) return 'cloud';
    const known = this.#locations.get(full);
    return known && this.#clock.monotonicMs() - known.atMs < maxAgeMs ? known.location : undefined;
  }

  #set(full: string, isCloud: boolean): ModelLocation {
    const location = isCloud ? 'cloud' : 'server';
    this.#locations.set(full, { location, atMs: this.#clock.monotonicMs() });
    return location;
  }
}

/** Failures that say themselves why nothing was sent, and have their own remedy. */
const decided: ReadonlySet<FailureKind> = new Set([
  'invalidAddress',
  'unreachable',
  'refused',
  'dns',
  'tls',
  'proxy',
  'unauthorized',
  'cloudSignIn',
  'cloudPlan',
  'cloudQuota',
  'redirect',
  'modelMissing',
  'internal',
]);

function isDecided({ kind }: Failure): boolean {
  return decided.has(kind);
}

function toLocationFailure(error: ModelFailure): ModelFailure {
  const { failure } = error;
  return isDecided(failure)
    ? error
    : new ModelFailure({ ...failure, kind: 'unknownLocation' }, error);
}
