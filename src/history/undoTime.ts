/** For so long a deletion can be taken back, in milliseconds; then its text leaves every file. */
export const undoMs = 60_000;
