export interface Debounced {
  /** Runs the action after the delay; many calls before then are one. */
  readonly schedule: () => void;
  /** Runs it now if it is due. */
  readonly flush: () => void;
}

/**
 * Runs `action` at most once per `delayMs`. The page may be taken away at any moment, so what is due
 * is also done when it loses the focus or goes.
 */
export function debounced(delayMs: number, action: () => void): Debounced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    action();
  };
  window.addEventListener('pagehide', flush);
  window.addEventListener('blur', flush);
  return { schedule: () => (timer ??= setTimeout(flush, delayMs)), flush };
}
