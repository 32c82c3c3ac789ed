/**
 * An arrangement: random words in an order in which users get them, as endless bytes for a battery of tests.
 * @module
 */
import type { Engine } from 'jumpfill';

/** The next words of an arrangement. They are overwritten by the call after the next. */
export type NextWords = () => Promise<Uint32Array>;

export interface Arrangement {
  readonly name: string;
  /** What the words are and in which order, for the page. */
  readonly says: string;
  /** @param place  a number from 0: words of different places never overlap, so that tests can run apart from each other */
  readonly open: (engine: Engine, place: number) => NextWords;
}

/** Every arrangement draws with this seed, or seeds from it on. */
export const QUALITY_SEED = 2026n;

/** Elements between places of one tensor: more than any battery takes in one test. */
export const PLACE_ELEMENTS = 2 ** 40;
