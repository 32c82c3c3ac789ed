export interface ElementDifference {
  /** The first element that differs, and its bits on both sides, in hexadecimal. */
  readonly element: number;
  readonly here: string;
  readonly torch: string;
  /** How many elements differ. */
  readonly count: number;
  /** The largest difference, in units in the last place. */
  readonly ulps: number;
}

export function compareElements(
  dtype: string,
  here: Uint8Array,
  there: Uint8Array,
): ElementDifference | undefined;
