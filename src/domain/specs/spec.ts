/**
 * Model specs: a person's description of a model's tensors and how each is initialised.
 * @module
 */
import { at } from '../../base/at.js';
import { checkAt } from '../../base/errors.js';
import { parseByteSize } from '../../base/byte-size.js';
import {
  checkGenerator,
  findGenerator,
  DEFAULT_GENERATOR,
  GENERATOR_NAMES,
  GENERATORS,
  isSequential,
  type GeneratorName,
} from '../streams/generators.js';
import { checkSeed, IN_OPTIONS, type SeedAdvice } from '../streams/seed.js';
import { assignTensors } from './assignments.js';
import { warnOfIdleDtype } from './idle-dtype.js';
import type { LikeTensor } from './listed-tensors.js';
import type { ModelTensor } from './model-tensor.js';
import { refuseTwoDefaults, type RestOfModel } from './rest-of-model.js';
import { resolveTensors } from './resolve-tensors.js';
import type { ParsedSpec } from './model-spec.js';
import { parseStructure } from './structure.js';
import { show } from '../../base/wording.js';

export type { ModelTensor } from './model-tensor.js';

export interface Model {
  /** The generator that the tensors' words come from. */
  readonly generator: GeneratorName;
  /** The spec's own seed, if it has one. One that the caller's replaces need only be a seed of some generator. */
  readonly seed: bigint | undefined;
  /** The most bytes of tensors in one shard, if the spec limits them. */
  readonly shardBytes: number | undefined;
  readonly tensors: readonly ModelTensor[];
  /** Indices of rules that no tensor takes anything from. */
  readonly unusedRules: readonly number[];
  /** One for each unused rule, whose pattern may be mistyped, and one for a default dtype that no tensor takes. */
  readonly warnings: readonly string[];
}

/** What the caller chooses in place of the spec: where words come from, what it is compared with, what is drawn where it says nothing. */
export interface ModelChoice {
  /** The caller's, which overrides the spec's. */
  readonly option?: unknown;
  /** Where neither names one. @defaultValue DEFAULT_GENERATOR */
  readonly fallback?: GeneratorName | undefined;
  /** The caller's seed, which goes before the spec's: that is then not used. */
  readonly seed?: unknown;
  /** The tensors of the checkpoint that the spec made, if it is compared: they say what its kept tensors are. */
  readonly written?: readonly LikeTensor[] | undefined;
  /** For tensors that the spec gives no initialiser. */
  readonly rest?: RestOfModel | undefined;
}

/**
 * Checks a whole spec and resolves every tensor's recipe.
 * @param like  gives a spec without tensors their names, shapes and dtypes; for one with tensors, what it keeps
 * @throws {ValueError} BAD_SPEC: a wrong structure, with its path; tensors without an initialiser or without a dtype that
 *   can be drawn, all in one error. Everything else that a fill refuses, preceded by the path
 * @throws {NotImplementedError} a WAGE mode other than fan_in; a kind that the generator does not draw
 */
export function resolveModel(spec: unknown, like?: readonly LikeTensor[], choice: ModelChoice = {}): Model {
  const parsed = parseStructure(spec);
  const { seed, shard_size: size } = parsed;
  const generator = chooseGenerator(choice, parsed.generator);
  refuseTwoDefaults(parsed, choice.rest);
  const others = { like: like && orderLike(like, generator), written: choice.written };
  const { assignments, unusedRules } = assignTensors(parsed, others, choice.rest);
  return {
    generator,
    seed: seed === undefined ? undefined : resolveSeed(seed, choice.seed === undefined ? generator : WIDEST),
    shardBytes: size === undefined ? undefined : parseByteSize(size, 'shard_size'),
    tensors: resolveTensors(assignments, generator),
    unusedRules,
    warnings: [
      ...unusedRules.map((rule) => warnOfUnused(parsed, rule)),
      ...warnOfIdleDtype(parsed, assignments, like),
    ],
  };
}

/** @throws {ValueError} BAD_OPTION, BAD_SPEC: not a generator */
function chooseGenerator({ option, fallback }: ModelChoice, own: string | undefined): GeneratorName {
  const chosen = option === undefined ? undefined : checkGenerator(option);
  const listed = own === undefined ? fallback : checkGenerator(own, 'BAD_SPEC');
  return chosen ?? listed ?? DEFAULT_GENERATOR;
}

/** Before a spec is checked: the generator that it would be resolved with; undefined if it names none that exists. */
export const peekGenerator = (spec: unknown, option: unknown): GeneratorName | undefined => {
  const { generator } = (spec ?? {}) as { readonly generator?: unknown };
  return findGenerator(option ?? generator ?? DEFAULT_GENERATOR);
};

/** Whether a spec that is not checked yet lists its tensors, so that its order is theirs. */
export const listsTensors = (spec: unknown): boolean =>
  (spec as { readonly tensors?: unknown } | null | undefined)?.tensors !== undefined;

/** In the order in which the generator draws them; where their draws begin in a sequence is of no use without one. */
const orderLike = (like: readonly LikeTensor[], generator: GeneratorName): readonly LikeTensor[] =>
  isSequential(generator)
    ? [...like].sort((a, b) => (a.place ?? 0) - (b.place ?? 0))
    : like.map((tensor) => ({ ...tensor, origin: undefined }));

const IN_SPEC: SeedAdvice = {
  ...IN_OPTIONS,
  large: 'as a decimal string: "18446744073709551615"',
  takesBigints: false,
};

/** 2^64 - 1 has 20. A million digits would take a second to become a bigint, only to be refused. */
const MAX_DIGITS = 20;

/** The generator that takes every seed that any takes. */
const WIDEST = GENERATOR_NAMES.reduce((widest, name) =>
  GENERATORS[name].leastSeed < GENERATORS[widest].leastSeed ? name : widest,
);

const resolveSeed = (seed: number | bigint | string, generator: GeneratorName): bigint =>
  checkAt('seed', () => checkSeed(readSeed(seed), generator, IN_SPEC));

/** A seed may be a decimal string, as in a checkpoint's metadata: readers of JSON round numbers beyond 2^53. */
function readSeed(seed: number | bigint | string): unknown {
  if (typeof seed !== 'string' || !/^-?\d+$/.test(seed)) return seed;
  const digits = seed.replace(/^-?0*/, '');
  if (digits.length > MAX_DIGITS) return seed;
  return seed.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}

function warnOfUnused({ rules }: ParsedSpec, rule: number): string {
  const { match } = at(rules, rule);
  return `rules[${rule}], ${show(match)}, is unused: it matches no tensor, or only tensors that are tied or that an earlier rule matches.`;
}
