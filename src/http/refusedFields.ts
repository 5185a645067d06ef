import type { ServerError } from './serverError';

/** The body of a request for an answer, as it is sent. */
export interface GenerationBody {
  readonly model: string;
  readonly [field: string]: unknown;
}

/**
 * The optional fields of a body that a refusal is about, each with what the server takes in its place: undefined
 * leaves the field out. Empty for a refusal of anything else.
 */
export type FindRefused = (
  body: GenerationBody,
  error: ServerError,
) => ReadonlyMap<string, unknown>;

/** The optional fields that a server refused, by model: the next requests to that model do not have them. */
export class RefusedFields {
  readonly #find: FindRefused;
  readonly #byModel = new Map<string, Map<string, unknown>>();

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
    const known = this.#byModel.get(name) ?? new Map<string, unknown>();
    for (const [field, instead] of found) known.set(field, instead);
    if (found.length > 0) this.#byModel.set(name, known);
    return found.map(([field]) => field);
  }

  /** The body as the model takes it, as far as is known. */
  without(name: string, body: GenerationBody): GenerationBody {
    // Something else takes the place of a level only, as of thinking; `false` stays.
    const changes = [...(this.#byModel.get(name) ?? [])].filter(
      ([field, instead]) =>
        body[field] !== undefined && (instead === undefined || typeof body[field] === 'string'),
    );
    return changes.length === 0 ? body : { ...body, ...Object.fromEntries(changes) };
  }
}
