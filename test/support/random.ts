/** What the property tests draw from. */
import fc from 'fast-check';

export const anySeed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
export const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
export const anyBlock = fc.integer({ min: 0, max: 2 ** 37 - 1 });
