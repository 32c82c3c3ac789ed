/**
 * A draw from streams, bound to a memory: what the fillers of ranges call.
 * @module
 */
import type { FillGroups } from './groups.js';

/** Fills as many groups from `dst` on as there is room for, and returns how many it leaves, 7 at most. */
export type FillWhatFits = (dst: number, groups: number) => number;

/** A kernel and its narrowing, bound to a memory. */
export interface BoundDraw {
  readonly elementBytes: number;
  /** Elements per step of the eight lanes. */
  readonly groupElements: number;
  readonly fill: FillWhatFits;
}

/** A fill that leaves nothing. */
export const leavingNone =
  (fill: FillGroups): FillWhatFits =>
  (dst, groups) => {
    fill(dst, groups);
    return 0;
  };
