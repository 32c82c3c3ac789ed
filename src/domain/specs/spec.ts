/**
 * Model specs: which tensors a model has and how each is initialised, as a person writes it.
 * @module
 */
import { checkAt } from '../../base/errors.js';
import { parseByteSize } from '../../base/byte-size.js';
import { CODE_DTYPE } from '../kernels/codes.js';
import { completeInit, type InitInput } from '../recipes/init.js';
import { resolveRecipe, type Recipe } from '../recipes/recipe.js';
import { suggestRule } from './suggest-rule.js';
import { checkSeed } from '../streams/seed.js';
import { assignTensors, type Choice, type LikeTensor } from './assignments.js';
import { parseStructure, type ParsedSpec } from './structure.js';
import { checkDtype, DEFAULT_DTYPE, type Dtype } from '../tensors/dtypes.js';
import { checkShape, countElements } from '../tensors/shapes.js';
import { show } from '../../base/wording.js';

/** One tensor of a model, ready to be drawn. */
export interface ModelTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly elementCount: number;
  readonly recipe: Recipe;
}

export interface Model {
  /** The spec's own seed, if it has one. */
  readonly seed: bigint | undefined;
  /** The most bytes that a shard's tensors may have together, if the spec says so. */
  readonly shardBytes: number | undefined;
  readonly tensors: readonly ModelTensor[];
  /** Indices of rules that decide nothing: no tensor matches, or all that do match an earlier rule. */
  readonly unusedRules: readonly number[];
  /** What a person should know, of each unused rule: its pattern may be mistyped. */
  readonly warnings: readonly string[];
}

/**
 * Checks a spec whole and resolves every tensor's recipe.
 * @param like  where a spec that lists no tensors has their names, shapes and dtypes from
 * @throws {ValueError} BAD_SPEC: not of a spec's form, told by its path; tensors that nothing gives an initialiser, or a
 *   dtype that can be drawn, all in one error; and what a fill refuses, led by the path
 * @throws {NotImplementedError} a WAGE mode other than fan_in
 */
export function resolveModel(spec: unknown, like?: readonly LikeTensor[]): Model {
  const form = parseStructure(spec);
  const { seed, shard_size: size } = form;
  const { choices, unusedRules } = assignTensors(form, like);
  return {
    seed: seed === undefined ? undefined : checkAt('seed', () => checkSeed(readSeed(seed), SEED_REMEDY)),
    shardBytes: size === undefined ? undefined : parseByteSize(size, 'shard_size'),
    tensors: choices.map(resolveTensor),
    unusedRules,
    warnings: unusedRules.map((rule) => warnOfUnused(form, rule)),
  };
}

const SEED_REMEDY =
  'A seed is a whole number from 0 to 2^64 - 1; in a spec, one from 2^53 on is best a decimal string: "18446744073709551615".';

/** Of 2^64 - 1. A million digits would take a second to become a number that no seed can be. */
const MAX_DIGITS = 20;

/** A decimal string is a seed too: so checkpoints tell theirs, because readers of JSON round numbers beyond 2^53. */
function readSeed(seed: number | bigint | string): unknown {
  if (typeof seed !== 'string' || !/^\d+$/.test(seed)) return seed;
  const digits = seed.replace(/^0+/, '');
  return digits.length > MAX_DIGITS ? seed : BigInt(digits);
}

function resolveTensor({ name, shape: dimensions, place, ...choice }: Choice): ModelTensor {
  const init = checkAt(choice.init.place, () => completeInit(choice.init.value as InitInput, name));
  const usual = 'codes' in init && init.codes ? CODE_DTYPE : DEFAULT_DTYPE;
  const { value = usual, place: dtypePlace = `${place}.dtype` } = choice.dtype ?? {};
  const dtype = checkAt(dtypePlace, () => checkDtype(value, name));
  const shape = checkAt(`${place}.shape`, () => checkShape(dimensions, dtype, name));
  const recipe = checkAt(choice.init.place, () =>
    suggestRule(shape, name, choice.init.place, () => resolveRecipe(init, { name, dtype, shape })),
  );
  return { name, shape, dtype, elementCount: countElements(shape), recipe };
}

function warnOfUnused({ rules }: ParsedSpec, rule: number): string {
  const found = `rules[${rule}], ${show(rules[rule]?.match)}, decides nothing`;
  return `${found}: no tensor matches it, or all that do match an earlier rule.`;
}
