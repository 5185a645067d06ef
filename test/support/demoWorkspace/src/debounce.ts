/**
 * Waits until `delayMs` have passed without another call, then calls `action` once with the arguments
 * of the last call.
 */
export function debounce<Args extends unknown[]>(
  action: (...args: Args) => void,
  delayMs: number,
): (...args: Args) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), delayMs);
  };
}
