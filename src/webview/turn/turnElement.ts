/** A turn as it is shown. */
export interface TurnElement {
  readonly element: HTMLElement;
  /** Draws what is new while `hasTime`; returns whether work is left. */
  readonly advance: (hasTime: () => boolean) => boolean;
}
