/**
 * Which rows of each column of a sparse matrix are zero: the same number in every column, chosen without replacement.
 *
 * Each column permutes its rows with a key of its own, and the rows that come to the first places are zero. So any element is answered by
 * itself, in as many operations as the permutation has rounds, and the count of every column is exact. The permutation is a Feistel
 * network on two digits (Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002, https://doi.org/10.1007/3-540-45760-7_9,
 * method FE2, and their cycle walking where digits reach further than rows): a row is low + high * lowBase, and the rounds take
 * turns to add to one digit a function of the other. That function is MurmurHash3's last mixing of the digit and a key word
 * (https://github.com/aappleby/smhasher, MurmurHash3.cpp, fmix32), taken to the digit's range by multiply and shift, with a bias of at most
 * base / 2^32.
 *
 * A choice has at most 2^512 keys, so it is uniform only as far as a test can tell. With random functions in the rounds its distance from
 * uniform, in total variation, can be computed (column-choice.test.ts): 16 rounds leave 5.1e-5 at most of any choice among 4, 6, 9 or 12
 * rows, whose digits have no gaps, and 4.1e-5 of the places of two among 16, less of more. The 8 rounds of MANY_ROWS leave
 * 3.0e-5 of the places of two rows, and 3.8e-6 at 4096. With the functions that are used here, column-choice.stats.test.ts sees no
 * deviation in a million columns of few rows, nor in the pairs of 65536 columns of up to 1500 rows, where it would see one of 3 in a thousand.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';
import { KEY_WORDS } from './sparse-keys.js';

export interface ColumnChoice {
  /** 2^32 at most. */
  readonly rows: number;
  readonly columns: number;
  /** The number of zero rows in each column. */
  readonly zeros: number;
}

/** With so many rows fewer rounds are enough. */
const MANY_ROWS = 1024;

/** The digits of a row, and the rounds. */
export interface Digits {
  readonly lowBase: number;
  readonly highBase: number;
  readonly rounds: number;
}

export function digitsOf({ rows }: Pick<ColumnChoice, 'rows'>): Digits {
  const lowBase = Math.ceil(Math.sqrt(rows));
  return { lowBase, highBase: Math.ceil(rows / lowBase), rounds: rows < MANY_ROWS ? KEY_WORDS : 8 };
}

/** A whole number below `base`, 2^16 at most, from a key word and the other digit. */
export function roundFunction(key: number, digit: number, base: number): number {
  let h = key ^ digit;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  // The upper half of a 64-bit product.
  return ((h >>> 16) * base + (((h & 0xffff) * base) >>> 16)) >>> 16;
}

/** The remainder of a sum of two digits, without a branch: half of all branches would be mispredicted. */
export const wrapDigit = (sum: number, base: number): number => sum - (base & ((base - 1 - sum) >> 31));

/**
 * The place of a row in the order of its column.
 * @param keys  the column's key begins at `offset`
 */
export function placeOf(
  row: number,
  rows: number,
  digits: Digits,
  keys: Uint32Array,
  offset: number,
): number {
  const { lowBase, highBase, rounds } = digits;
  let place = row;
  do {
    let low = place % lowBase;
    let high = (place - low) / lowBase;
    for (let round = 0; round < rounds; round += 2) {
      low = wrapDigit(low + roundFunction(uint32At(keys, offset + round), high, lowBase), lowBase);
      high = wrapDigit(high + roundFunction(uint32At(keys, offset + round + 1), low, highBase), highBase);
    }
    place = high * lowBase + low;
  } while (place >= rows);
  return place;
}
