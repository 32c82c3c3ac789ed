/**
 * Seeds: whole numbers from 0 to 2^64 - 1; for torch's generator negative ones, too, as torch takes them.
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
export const checkSeed = (seed: unknown, remedy = REMEDY): bigint => checkWithin(seed, 0n, remedy);

/** The least seed that `torch.manual_seed` takes; the greatest is 2^64 - 1. */
const LEAST_TORCH_SEED = -(1n << 63n);

const TORCH_REMEDY =
  'torch takes whole numbers from -2^63 to 2^64 - 1; from 2^53 on write a seed as a bigint such as 42n.';

/**
 * The seed that `torch.manual_seed` makes of a number: negative ones modulo 2^64, so that -1 is 2^64 - 1.
 * @param seed  a bigint from -2^63 to 2^64 - 1, or a number whose magnitude is below 2^53
 * @returns     0 to 2^64 - 1, as `torch.initial_seed()` gives it back
 * @throws {ValueError} BAD_SEED
 */
export const checkTorchSeed = (seed: unknown, remedy = TORCH_REMEDY): bigint =>
  BigInt.asUintN(64, checkWithin(seed, LEAST_TORCH_SEED, remedy));

function checkWithin(seed: unknown, least: bigint, remedy: string): bigint {
  const whole = typeof seed === 'number' && Number.isSafeInteger(seed) ? BigInt(seed) : seed;
  if (typeof whole !== 'bigint' || whole < least || whole >= SEED_END) {
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
