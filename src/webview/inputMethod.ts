/** The key code of a key that an input method takes; the last one may not say `isComposing`. */
const inputMethodKey = 229;

/** Whether `event` belongs to an input method. `keyCode` is deprecated, and the only thing that tells. */
export function isForInputMethod(event: KeyboardEvent): boolean {
  return event.isComposing || Reflect.get(event, 'keyCode') === inputMethodKey;
}
