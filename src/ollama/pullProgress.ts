import type { PullProgressEvent } from './streamEvents';
import type { PullLine } from './wire';

/** Adds up the layers of a download; the server speaks of one at a time and never of all. */
export class PullProgress {
  readonly #layers = new Map<string, { totalBytes: number; completedBytes: number }>();

  add(line: PullLine): PullProgressEvent {
    const { status, digest } = line;
    if (digest === undefined) return { type: 'progress', status, overall: this.#overall() };
    // Both are left out when they are 0, so a layer that is only being looked at has neither.
    const before = this.#layers.get(digest);
    const totalBytes = line.total ?? before?.totalBytes ?? 0;
    const completedBytes = Math.min(line.completed ?? 0, totalBytes);
    this.#layers.set(digest, { totalBytes, completedBytes });
    return {
      type: 'progress',
      status,
      layer: { digest, totalBytes, completedBytes },
      overall: this.#overall(),
    };
  }

  #overall(): PullProgressEvent['overall'] {
    let totalBytes = 0;
    let completedBytes = 0;
    for (const layer of this.#layers.values()) {
      totalBytes += layer.totalBytes;
      completedBytes += layer.completedBytes;
    }
    return { totalBytes, completedBytes };
  }
}
