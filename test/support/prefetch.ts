import { findBrowser } from './browserFinder';
import { installModel } from './localModel/installModel';
import { installVscode, wantedVscode } from './vscodeInstall';

/**
 * Begins to fetch what the later tiers need, so that it is there in time. What cannot be had is not
 * said here but by the test that needs it, which tries again.
 */
export function prefetch(): void {
  const downloads = [installVscode(wantedVscode()), findBrowser(), installModel()];
  void Promise.allSettled(downloads);
}
