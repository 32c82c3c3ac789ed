/**
 * The keys of a sparse matrix: how many words a column's has, and how many are made at a time.
 * @module
 */

/** Words of a column's key: a word for each round, a step of the streams. */
export const KEY_WORDS = 16;

/** Columns whose keys are made at a time: 256 KiB. */
export const KEYED_COLUMNS = 4096;

export const KEYS_BYTES = KEYED_COLUMNS * KEY_WORDS * Uint32Array.BYTES_PER_ELEMENT;
