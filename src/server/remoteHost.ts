import * as v from 'valibot';
import { isThisMachine } from '../shared/urlPolicy';
import { type KeyValueStore, readValue } from '../storage/checkpoint';
import { resolveAddress } from './serverAddress';

const key = 'cria.remoteHosts';

export interface RemoteHostOptions {
  readonly memento: KeyValueStore;
  /** Whether Cria runs in an environment that files of the folder can set up, such as a dev container. */
  readonly isRemote: boolean;
  readonly env: { readonly OLLAMA_HOST?: string | undefined };
  /** Asks the user about an address; undefined: no answer. */
  readonly confirm: (origin: string) => Promise<boolean | undefined>;
}

/** The address that is asked where none is set and `OLLAMA_HOST` does not count. */
const thisMachine = 'http://127.0.0.1:11434';

/**
 * A `devcontainer.json` can set `OLLAMA_HOST` for a remote environment, and so decide where messages go. There,
 * another address than this machine's counts only after the user has agreed to it, once for each address.
 */
export class RemoteHost {
  readonly #options: RemoteHostOptions;

  constructor(options: RemoteHostOptions) {
    this.#options = options;
  }

  /** The address to connect to. @param endpoint as it is set by the user; empty: `OLLAMA_HOST`, else this machine */
  getAddress(endpoint: string): string {
    const origin = endpoint.trim() === '' ? this.#foreignOrigin() : undefined;
    return origin === undefined || this.#answer(origin) === true ? endpoint : thisMachine;
  }

  /** Asks about an address that the user has not decided about. Resolves to whether another address counts now. */
  async ask(endpoint: string): Promise<boolean> {
    const origin = endpoint.trim() === '' ? this.#foreignOrigin() : undefined;
    if (origin === undefined || this.#answer(origin) !== undefined) return false;
    const isAllowed = await this.#options.confirm(origin);
    if (isAllowed === undefined) return false;
    const { memento } = this.#options;
    await memento.update(key, { ...this.#answers(), [origin]: isAllowed });
    return isAllowed;
  }

  /** Where `OLLAMA_HOST` leads, if the user must agree to it. */
  #foreignOrigin(): string | undefined {
    const { isRemote, env } = this.#options;
    if (!isRemote || (env.OLLAMA_HOST ?? '').trim() === '') return undefined;
    const { origin } = resolveAddress('', env);
    return isThisMachine(origin) ? undefined : origin;
  }

  #answer(origin: string): boolean | undefined {
    return this.#answers()[origin];
  }

  /** What cannot be read counts as no answer. */
  #answers(): Readonly<Record<string, boolean>> {
    return readValue(this.#options.memento, key, v.record(v.string(), v.boolean())) ?? {};
  }
}
