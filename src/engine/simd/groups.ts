/**
 * The pieces into which the SIMD kernels cut memory: a group is the 16 words of one step of the eight lanes, a tile is what a fill and a transform handle
 * in turn. workers/simd/group.ts has the size of a group for the kernels themselves (groups.test.ts compares the two).
 * @module
 */
import { STEP_WORDS } from '../../domain/streams/generator.js';

/** Elements of a group of float32, and of halves and codes made from float32. */
export const GROUP_ELEMENTS = STEP_WORDS;
/** Elements of a group of float64, each of two words. */
export const GROUP_ELEMENTS64 = STEP_WORDS / 2;

export const GROUP_BYTES = 4 * STEP_WORDS;

/** 16 KiB, which stays in the first-level cache from one pass to the next. */
export const TILE_GROUPS = 256;

/** Fills groups from address `dst` on. */
export type FillGroups = (dst: number, groups: number) => void;
