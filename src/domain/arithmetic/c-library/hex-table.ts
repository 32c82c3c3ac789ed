/**
 * Tables of doubles written as their bits: nothing is lost to a decimal, and a table is compared with its source digit by digit.
 * @module
 */
import { doubleOfBits } from '../bits.js';

/** The doubles of a text: 16 hexadecimal digits each, most significant first; white space is skipped. */
export function doublesOfHex(text: string): Float64Array {
  const patterns = text.match(/[0-9a-f]{16}/g) ?? [];
  return Float64Array.from(patterns, (pattern) => doubleOfBits(BigInt(`0x${pattern}`)));
}
