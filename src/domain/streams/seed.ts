/**
 * Seeds: whole numbers from 0 to 2^64 - 1.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

const SEED_END = 1n << 64n;

const REMEDY = 'A seed is a whole number from 0 to 2^64 - 1; from 2^53 on write it as a bigint such as 42n.';

/**
 * @param seed  a bigint, or a number up to 2^53 - 1 (a larger one may already have been rounded)
 * @throws {ValueError} BAD_SEED
 */
export function checkSeed(seed: unknown, remedy = REMEDY): bigint {
  const whole = typeof seed === 'number' && Number.isSafeInteger(seed) ? BigInt(seed) : seed;
  if (typeof whole !== 'bigint' || whole < 0n || whole >= SEED_END) {
    throw new ValueError('BAD_SEED', `The seed is ${show(seed)}.`, remedy);
  }
  return whole;
}

/**
 * The seed to draw with: the one passed as an option, else the spec's, else the fallback.
 * @throws {ValueError} BAD_SEED: an option that is not a seed
 */
export const chooseSeed = <Fallback extends bigint | undefined>(
  option: unknown,
  specSeed: bigint | undefined,
  fallback: Fallback,
): bigint | Fallback => (option === undefined ? (specSeed ?? fallback) : checkSeed(option));
