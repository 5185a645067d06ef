import type { ServerError } from './serverError';

/** The body of a request for an answer, as it is sent. */
export interface GenerationBody {
  readonly model: string;
  readonly [field: string]: unknown;
}

/** What a server takes in the place of a field that it refuses; without either, the field is left out. */
export interface Replacement {
  readonly value?: unknown;
  /** The field that gets its value, under another name. */
  readonly renamedTo?: string;
}

/** The optional fields of a body that a refusal is about. Empty for a refusal of anything else. */
export type FindRefused = (
  body: GenerationBody,
  error: ServerError,
) => ReadonlyMap<string, Replacement>;

/** The optional fields that a server refused, by model: the next requests to that model do not have them. */
export class RefusedFields {
  readonly #find: FindRefused;
  readonly #byModel = new Map<string, Map<string, Replacement>>();

  constructor(find: FindRefused) {
    this.#find = find;
  }

  /**
   * The names of the fields that a refusal is about, which are remembered. Each of them is in the body, so that a
   * body without them is another one.
   * @param name of the model in the form that is equal for all its names
   */
  learn(name: string, body: GenerationBody, error: ServerError): readonly string[] {
    const found = [...this.#find(body, error)].filter(([field]) => body[field] !== undefined);
    const known = this.#byModel.get(name) ?? new Map<string, Replacement>();
    for (const [field, instead] of found) {
      // A server that refuses both names gets neither.
      const isRefused = instead.renamedTo !== undefined && known.has(instead.renamedTo);
      known.set(field, isRefused ? {} : instead);
    }
    if (found.length > 0) this.#byModel.set(name, known);
    return found.map(([field]) => field);
  }

  /** The body as the model takes it, as far as is known. */
  without(name: string, body: GenerationBody): GenerationBody {
    const changed: Record<string, unknown> & GenerationBody = { ...body };
    for (const [field, { value, renamedTo }] of this.#byModel.get(name) ?? []) {
      const sent = changed[field];
      // Another value takes the place of a level only, as of thinking; `false` stays.
      if (sent === undefined || (value !== undefined && typeof sent !== 'string')) continue;
      changed[field] = value;
      if (renamedTo !== undefined) changed[renamedTo] ??= sent;
    }
    return changed;
  }
}
