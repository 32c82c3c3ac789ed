/**
 * Seeds: whole numbers from 0 to 2^64 - 1; some generators take negative ones as well.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { shorten, show } from '../../base/wording.js';
import {
  DEFAULT_GENERATOR,
  GENERATOR_NAMES,
  GENERATORS,
  namedGenerator,
  type GeneratorName,
} from './generators.js';

const SEED_END = 1n << 64n;

/** What a message about a seed advises. */
export interface SeedAdvice {
  /** How the caller writes a seed from 2^53 on. */
  readonly large: string;
  /** What to do about a seed that only the other generator takes; undefined where there is no choice of generators. */
  readonly other: ((seed: number | bigint, generator: GeneratorName) => string) | undefined;
  /** Whether the caller writes code: JSON has no bigints, and takes digits. */
  readonly takesBigints: boolean;
}

/** Advice for the options of a call that has a `generator` beside its `seed`. */
export const IN_OPTIONS: SeedAdvice = {
  large: 'as a bigint such as 42n',
  other: (_, generator) => `\`generator\` ${generator} takes this one`,
  takesBigints: true,
};

/**
 * @param seed  a bigint, or a number up to 2^53 - 1 (a larger one may already have been rounded)
 * @returns     modulo 2^64: from 0 to 2^64 - 1
 * @throws {ValueError} BAD_SEED
 */
export function checkSeed(
  seed: unknown,
  generator: GeneratorName = DEFAULT_GENERATOR,
  advice: SeedAdvice = IN_OPTIONS,
): bigint {
  const whole = wholeOf(seed);
  if (isSeed(whole, generator)) return BigInt.asUintN(64, whole);
  // Without the n of code: it may have been typed on a command line, or in a spec.
  const shown = typeof seed === 'bigint' ? shorten(String(seed)) : show(seed);
  const range = `A seed is a whole number from ${writeLeast(generator)} to 2^64 - 1`;
  throw new ValueError('BAD_SEED', `The seed is ${shown}.`, `${range}${hintAt(seed, advice)}.`);
}

const wholeOf = (seed: unknown): unknown =>
  typeof seed === 'number' && Number.isSafeInteger(seed) ? BigInt(seed) : seed;

/** No more than a seed has. */
const DIGITS = /^\d{1,20}$/;

function hintAt(seed: unknown, { large, other, takesBigints }: SeedAdvice): string {
  const whole = wholeOf(seed);
  if (takesBigints && typeof seed === 'string' && DIGITS.test(seed) && BigInt(seed) < SEED_END)
    return `: convert digits with BigInt("${seed}")`;
  // A bigint is written as it should be, and out of range.
  if (typeof whole !== 'bigint') return `; from 2^53 on write it ${large}`;
  const taker = GENERATOR_NAMES.find((name) => isSeed(whole, name));
  return taker === undefined || other === undefined ? '' : `; ${other(seed as number | bigint, taker)}`;
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
