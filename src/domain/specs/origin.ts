/**
 * Where a tensor's draw begins in a generator's sequence, if its spec says so.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import { MAX_WORDS } from '../streams/mt19937-words.js';
import { GENERATOR_NAMES, isSequential, type GeneratorName } from '../streams/generators.js';
import { DOUBLE_REACH, isNormal } from '../torch/reach.js';
import type { Origin } from '../torch/sequence.js';
import type { ParsedOrigin } from './model-spec.js';

export const FIRST_WORD_RULE = 'A first word is a whole number from 0 to 2^53 - 625.';

export const CACHED_NORMAL_RULE = `A cached normal is a number from -${DOUBLE_REACH} to ${DOUBLE_REACH}: torch's normals reach no further.`;

const badSpec = (found: string, remedy: string): ValueError => new ValueError('BAD_SPEC', found, remedy);

/**
 * @param where  the tensor's path: `tensors[3]`
 * @returns      undefined if the draw begins where that of the tensor before it ended
 * @throws {ValueError} BAD_SPEC: a generator whose draws follow no sequence; not a position; not a normal of torch's
 */
export function readOrigin(
  { first_word: firstWord, cached_normal: cachedNormal }: ParsedOrigin,
  generator: GeneratorName,
  where: string,
): Origin | undefined {
  const key = firstWord === undefined ? 'cached_normal' : 'first_word';
  if ((firstWord ?? cachedNormal) === undefined) return undefined;
  if (!isSequential(generator)) throw refuseStreams(`${where}.${key}`, generator);
  if (firstWord === undefined) {
    const remedy = 'Add "first_word", the number of words before the draw, or leave out both.';
    throw badSpec(`${where}.cached_normal: first_word is missing.`, remedy);
  }
  // A reader of JSON has rounded it: it would not be shown as it was written.
  if (firstWord > Number.MAX_SAFE_INTEGER)
    throw badSpec(`${where}.first_word is greater than 2^53 - 625.`, FIRST_WORD_RULE);
  if (!Number.isSafeInteger(firstWord) || firstWord < 0 || firstWord > MAX_WORDS)
    throw badSpec(`${where}.first_word is ${show(firstWord)}.`, FIRST_WORD_RULE);
  if (cachedNormal === undefined) return { firstWord };
  if (isNormal(cachedNormal)) return { firstWord, cachedNormal };
  throw badSpec(`${where}.cached_normal is ${show(cachedNormal)}.`, CACHED_NORMAL_RULE);
}

/** The keys of a spec's tensor that say so. */
export const writeOrigin = (origin: Origin | undefined): ParsedOrigin =>
  origin === undefined
    ? {}
    : {
        first_word: origin.firstWord,
        ...(origin.cachedNormal !== undefined && { cached_normal: origin.cachedNormal }),
      };

function refuseStreams(where: string, generator: GeneratorName): ValueError {
  const others = GENERATOR_NAMES.filter(isSequential).map((name) => `"generator": ${show(name)}`);
  const found = `${where}: with ${generator} each tensor has streams of its own, so no draw has a place in a sequence.`;
  return badSpec(found, `Leave it out, or write ${others.join(' or ')}.`);
}
