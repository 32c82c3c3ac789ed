/**
 * Seeds: whole numbers from 0 to 2^64 - 1; some generators take negative ones as well.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import {
  DEFAULT_GENERATOR,
  GENERATOR_NAMES,
  GENERATORS,
  namedGenerator,
  type GeneratorName,
} from './generators.js';

const SEED_END = 1n << 64n;

/** How a seed that no number can hold is written in code. */
const AS_BIGINT = 'as a bigint such as 42n';

/**
 * @param seed   a bigint, or a number up to 2^53 - 1 (a larger one may already have been rounded)
 * @param large  how the caller writes a seed from 2^53 on, for the message
 * @returns      modulo 2^64: from 0 to 2^64 - 1
 * @throws {ValueError} BAD_SEED
 */
export function checkSeed(
  seed: unknown,
  generator: GeneratorName = DEFAULT_GENERATOR,
  large = AS_BIGINT,
): bigint {
  const whole = typeof seed === 'number' && Number.isSafeInteger(seed) ? BigInt(seed) : seed;
  if (isSeed(whole, generator)) return BigInt.asUintN(64, whole);
  const range = `A seed is a whole number from ${writeLeast(generator)} to 2^64 - 1`;
  const other = GENERATOR_NAMES.find((name) => isSeed(whole, name));
  const hint =
    other === undefined ? `from 2^53 on write it ${large}` : `the generator ${other} takes this one`;
  throw new ValueError('BAD_SEED', `The seed is ${show(seed)}.`, `${range}; ${hint}.`);
}

const isSeed = (seed: unknown, generator: GeneratorName): seed is bigint =>
  typeof seed === 'bigint' && seed >= GENERATORS[generator].leastSeed && seed < SEED_END;

/** A power of two, or 0. */
function writeLeast(generator: GeneratorName): string {
  const { leastSeed } = GENERATORS[generator];
  return leastSeed === 0n ? '0' : `-2^${(-leastSeed).toString(2).length - 1}`;
}

/**
 * The seed to draw with: the one passed as an option, else the spec's, else the fallback.
 * @throws {ValueError} BAD_SEED: an option that is not a seed
 */
export const chooseSeed = <Fallback extends bigint | undefined>(
  option: unknown,
  specSeed: bigint | undefined,
  fallback: Fallback,
  generator: GeneratorName,
): bigint | Fallback => (option === undefined ? (specSeed ?? fallback) : checkSeed(option, generator));

/** `seed 42`, `generator torch`, for reports; the default generator is not named. */
export const formatSource = ({
  generator,
  seed,
}: {
  readonly generator: GeneratorName;
  /** In decimal digits. */
  readonly seed: string;
}): string[] => [
  `seed ${seed}`,
  ...Object.values(namedGenerator(generator)).map((name) => `generator ${name}`),
];
