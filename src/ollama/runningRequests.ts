import { fullName } from './modelName';

/** Which models this client is asking, so that a request knows that it waits for another of ours. */
export class RunningRequests {
  readonly #byModel = new Map<string, Set<object>>();

  /** Notes a request to `model`; call `end` when it is over. */
  begin(model: string): { isQueued(): boolean; end(): void } {
    const name = fullName(model);
    const running = this.#byModel.get(name) ?? new Set();
    this.#byModel.set(name, running);
    const request = {};
    running.add(request);
    return {
      // A set keeps the order of arrival: the first one is being answered.
      isQueued: () => running.values().next().value !== request,
      end: () => {
        running.delete(request);
        if (running.size === 0 && this.#byModel.get(name) === running) this.#byModel.delete(name);
      },
    };
  }
}
