/**
 * Compares each tensor of a checkpoint with its expected form and distribution, by a spec or by the checkpoint's own metadata.
 * @module
 */
import { isBadInput } from '../../base/errors.js';
import { writeInit } from '../../domain/recipes/init.js';
import type { Recipe } from '../../domain/recipes/recipe.js';
import { resolveModel, type Model, type ModelTensor } from '../../domain/specs/spec.js';
import { expectedDistributionOf } from '../../domain/statistics/expected-distribution.js';
import type { Measured } from '../../domain/statistics/figures.js';
import type { Interval } from '../../domain/statistics/histogram.js';
import type { ExpectedDistribution, Leak } from '../../domain/statistics/laws.js';
import { findReasons, type Verdict } from '../../domain/statistics/verdict.js';
import { countElements } from '../../domain/tensors/shapes.js';
import { NORMAL_BLOCK } from '../../domain/torch/normal-layout.js';
import { figureKey, type RecordedFacts } from '../format/tensor-metadata.js';
import type { CheckpointFiles } from '../read/checkpoint-files.js';
import { findCheckpointRecipe, type CheckpointRecipe, type OwnRecipe } from '../read/checkpoint-recipe.js';
import { resolveGiven } from '../read/expected-model.js';
import type { StoredTensor } from '../read/stored-file.js';
import { asLike } from '../read/stored-tensors.js';
import type { Expected, FoundLeak, InspectedTensor, RecipeSource } from './inspect-report.js';
import { pictureOf, roundLevels, sampleDensity } from './tensor-picture.js';

/** What depends on a tensor's elements and its recipe. */
export type Assessment = Pick<
  InspectedTensor,
  'figures' | 'histogram' | 'levels' | 'stored' | 'expected' | 'leak' | 'verdict'
>;

export class Expectations {
  readonly #tensors: ReadonlyMap<string, ModelTensor>;
  readonly #recorded: ReadonlyMap<string, RecordedFacts>;
  /** Many layers have the same recipe and shape, and a distribution takes milliseconds. */
  readonly #distributions = new Map<string, ExpectedDistribution | undefined>();
  readonly source: RecipeSource | undefined;
  readonly missing: readonly string[];
  readonly warnings: readonly string[];

  /**
   * @param spec  undefined for the checkpoint's own recipe, if it has a usable one
   * @param generator  the caller's, for the spec
   * @throws {ValueError} BAD_OPTION: not a generator; BAD_SPEC and all that a fill refuses, of the spec
   */
  constructor(checkpoint: CheckpointFiles, spec: unknown, generator: unknown) {
    const recorded = findCheckpointRecipe(checkpoint);
    const own = makeUsable(recorded, spec === undefined, checkpoint);
    const given = spec === undefined ? undefined : resolveGiven(checkpoint, spec, recorded, { generator });
    const model = given ?? own.model;
    this.#recorded = own.recipe?.facts ?? new Map();
    this.#tensors = new Map(model?.tensors.map((tensor) => [tensor.name, tensor]));
    this.source = given === undefined ? own.source : { from: 'spec', generator: given.generator };
    const lost = given === undefined ? (own.recipe?.missing ?? []) : [];
    const wanted = new Set([...this.#tensors.keys(), ...lost, ...checkpoint.absent.keys()]);
    this.missing = [...wanted].filter((name) => !checkpoint.tensors.has(name));
    this.warnings = own.warnings;
  }

  /** Bounds that few of the tensor's values are expected beyond, which are then counted; undefined if it has none. */
  boundsOf(tensor: StoredTensor): Interval | undefined {
    const wanted = this.#tensors.get(tensor.name);
    if (wanted === undefined || compareForms(tensor, wanted).length > 0) return undefined;
    return this.#distributionOf(wanted)?.leak;
  }

  /** @param measured  undefined for a dtype that cannot be measured */
  assess(tensor: StoredTensor, measured: Measured | undefined): Assessment {
    const wanted = this.#tensors.get(tensor.name);
    const stored = this.#recorded.get(tensor.name);
    const reasons = wanted === undefined ? [] : compareForms(tensor, wanted);
    const distribution =
      wanted === undefined || reasons.length > 0 ? undefined : this.#distributionOf(wanted);
    const picture = measured && pictureOf(measured, distribution);
    const expected =
      wanted && distribution && describeExpected(wanted.recipe, distribution, picture?.histogram);
    reasons.push(...compareScale(stored, expected));
    if (measured && distribution)
      reasons.push(...findReasons(measured.figures, measured.bins, distribution, measured.outside));
    reasons.push(...compareCounts(measured?.levels, distribution?.counts));
    return {
      ...(measured && { figures: measured.figures }),
      ...picture,
      ...(stored && Object.keys(stored).length > 0 && { stored }),
      ...(expected && { expected }),
      ...(measured && distribution?.leak && { leak: describeLeak(measured, distribution.leak) }),
      verdict: verdictOf(reasons, judgementOf(tensor, measured, wanted, distribution)),
    };
  }

  #distributionOf({ recipe, name, shape, dtype }: ModelTensor): ExpectedDistribution | undefined {
    // An empty tensor has no distribution, and a few normals of torch reach further than a block of them.
    const key = JSON.stringify([
      dtype,
      { ...recipe, init: undefined, facts: undefined },
      OF_SHAPES.includes(recipe.kind) ? shape : Math.min(countElements(shape), NORMAL_BLOCK),
    ]);
    if (!this.#distributions.has(key))
      this.#distributions.set(key, expectedDistributionOf(recipe, { name, shape, dtype }));
    return this.#distributions.get(key);
  }
}

/** A checkpoint's own recipe, as far as it can be used. */
interface UsableRecipe {
  readonly recipe?: CheckpointRecipe;
  readonly model?: Model;
  readonly source?: RecipeSource;
  readonly warnings: readonly string[];
}

/**
 * Damaged metadata cause a warning: the tensors can be inspected without them.
 * @param isWanted  resolve its spec too
 */
function makeUsable(own: OwnRecipe, isWanted: boolean, { tensors }: CheckpointFiles): UsableRecipe {
  if (own.kind === 'none') return { warnings: [] };
  if (own.kind === 'damaged') return { warnings: [warnOfRecipe(own.error)] };
  const { recipe } = own;
  if (!isWanted) return { recipe, warnings: [] };
  const { version, generator, seed } = recipe;
  const source = { from: 'metadata', version, generator, seed: String(seed) } as const;
  try {
    const written = asLike(tensors.values());
    return {
      recipe,
      model: resolveModel(recipe.placedSpec, undefined, { written }),
      source,
      warnings: [],
    };
  } catch (error) {
    if (!isBadInput(error)) throw error;
    return { recipe, warnings: [warnOfRecipe(error)] };
  }
}

const warnOfRecipe = ({ message }: Error): string => `The recipe in the metadata cannot be used. ${message}`;

/** Of values that are not random. Levels that share a half pattern were not counted. */
function compareCounts(
  found: ReadonlyMap<number, number> | undefined,
  wanted: ReadonlyMap<number, number> | undefined,
): string[] {
  if (found === undefined || wanted === undefined) return [];
  const values = new Set([...found.keys(), ...wanted.keys()]);
  const wrong = [...values].filter((value) => found.get(value) !== wanted.get(value));
  return wrong
    .slice(0, 1)
    .map((value) => `${value} occurs ${found.get(value) ?? 0} times, expected ${wanted.get(value) ?? 0}`);
}

/** Kinds of draws whose shares of values depend on the shape. */
const OF_SHAPES: readonly Recipe['kind'][] = ['pattern', 'sparse', 'pieces'];

/** Of a tensor that nothing speaks against. */
type Judgement = Exclude<Verdict['kind'], 'unexpected'>;

function judgementOf(
  { elementCount }: StoredTensor,
  measured: Measured | undefined,
  wanted: ModelTensor | undefined,
  distribution: ExpectedDistribution | undefined,
): Judgement {
  const isEmpty = elementCount === 0;
  if (measured === undefined && !isEmpty) return 'unmeasured';
  if (wanted === undefined) return 'unknown';
  return distribution !== undefined || isEmpty ? 'expected' : 'unjudged';
}

const verdictOf = (reasons: readonly string[], otherwise: Judgement): Verdict =>
  reasons.length > 0 ? { kind: 'unexpected', reasons } : { kind: otherwise };

/** The values of a tensor of another shape or dtype are not compared. */
function compareForms(found: StoredTensor, wanted: ModelTensor): string[] {
  const reasons: string[] = [];
  const [shape, wantedShape] = [found, wanted].map((form) => `[${form.shape.join(', ')}]`);
  if (shape !== wantedShape) reasons.push(`shape is ${shape}, expected ${wantedShape}`);
  if (found.dtype !== wanted.dtype) reasons.push(`dtype is ${found.storedDtype}, expected ${wanted.dtype}`);
  return reasons;
}

/** The one fact that the elements do not show. */
function compareScale(stored: RecordedFacts | undefined, expected: Expected | undefined): string[] {
  const [recorded, drawn] = [stored?.weightScale, expected?.weightScale];
  if (recorded === undefined || drawn === undefined || recorded === drawn) return [];
  return [`${figureKey('weightScale')} is ${recorded} in the metadata, ${drawn} by the recipe`];
}

const describeLeak = ({ figures, outside }: Measured, { share }: Leak): FoundLeak => ({
  expected: share * figures.finiteCount,
  found: outside,
});

function describeExpected(
  { init, facts: { weightScale, step } }: Recipe,
  { lowest, highest, mean, std, kurtosis, density, levels }: ExpectedDistribution,
  interval: Interval | undefined,
): Expected {
  return {
    init: writeInit(init),
    min: lowest,
    max: highest,
    mean,
    std,
    ...(kurtosis !== undefined && { kurtosis }),
    ...(weightScale !== undefined && { weightScale }),
    ...(step !== undefined && { step }),
    ...(density && interval && { density: sampleDensity(density, { lowest, highest }, interval) }),
    ...(levels && { levels: roundLevels(levels) }),
  };
}
