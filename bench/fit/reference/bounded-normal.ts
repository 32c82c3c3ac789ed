/**
 * The exact result of the bounded normal kernel for a word, in double precision.
 * @module
 */
import { deltaAtDepth, depth } from '#built/domain/arithmetic/normal-tail.js';

/** A function of words to z less the anchor. */
export function exactDelta(low: number, high: number): (word: number) => number {
  const anchor = low > 0 ? low : high < 0 ? high : 0;
  const a = Math.abs(anchor);
  const mass = (width: number): number => (width > 0 ? -Math.expm1(-depth(a, width)) : 0);
  const below = mass(anchor - low);
  const total = below + mass(high - anchor);
  return (word) => {
    const lattice = ((word >> 1) + 2 ** 30 + 0.5) / 2 ** 31;
    const taken = lattice * total - below;
    // Near the bound the mass that is left is more precise than the mass that is taken.
    const left =
      taken < 0
        ? 1 - below + lattice * total
        : 1 - below - mass(high - anchor) + (1 - lattice) * total + below;
    const size = Math.abs(taken);
    return Math.sign(taken) * deltaAtDepth(a, size < 0.5 ? -Math.log1p(-size) : -Math.log(left));
  };
}
