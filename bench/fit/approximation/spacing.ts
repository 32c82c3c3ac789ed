/**
 * Units in the last place.
 * @module
 */
import { doubleBits, doubleOfBits, floatBits, floatOfBits } from '#built/domain/arithmetic/bits.js';

/** Spacing of the float32 numbers around a value, for values of 2^-100 and above. */
export function float32Spacing(value: number): number {
  return floatOfBits((floatBits(value) & 0x7f800000) - (23 << 23));
}

/** Spacing of the doubles around a value, for values of 2^-900 and above. */
export function doubleSpacing(value: number): number {
  return doubleOfBits((doubleBits(value) & 0x7ff0000000000000n) - (52n << 52n));
}
