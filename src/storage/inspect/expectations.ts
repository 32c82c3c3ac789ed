/**
 * What is expected of a checkpoint's tensors, by a spec or by its own metadata, and how what was found compares.
 * @module
 */
import type { ValueBins } from '../../domain/statistics/value-bins.js';
import type { Measured } from '../../domain/statistics/figures.js';
import {
  BINS,
  chooseInterval,
  makeHistogram,
  pointBins,
  type Histogram,
  type Extent,
} from '../../domain/statistics/histogram.js';
import { writeInit } from '../../domain/recipes/init.js';
import { type Recipe } from '../../domain/recipes/recipe.js';
import { resolveModel, type Model, type ModelTensor } from '../../domain/specs/spec.js';
import {
  expectedDistributionOf,
  type ExpectedDistribution,
} from '../../domain/statistics/expected-distribution.js';
import { findReasons } from '../../domain/statistics/verdict.js';
import { isBadInput } from '../../base/errors.js';
import type { CheckpointFiles } from '../read/checkpoint-files.js';
import { ownShapes } from '../read/expected-model.js';
import type { Expected, InspectedTensor, Level, RecipeSource } from './inspect-report.js';
import type { RecordedFacts } from '../format/tensor-metadata.js';
import type { StoredTensor } from '../read/stored-file.js';
import { findCheckpointRecipe, type CheckpointRecipe } from '../read/checkpoint-recipe.js';

/** Of a tensor: all that depends on its elements and its recipe. */
type Description = Pick<
  InspectedTensor,
  'figures' | 'histogram' | 'levels' | 'stored' | 'expected' | 'verdict'
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
   * @param spec  undefined: what the metadata record, if they record anything usable
   * @throws {ValueError} what resolveModel refuses in a spec
   */
  constructor(checkpoint: CheckpointFiles, spec: unknown) {
    const own = findUsableRecipe(checkpoint, spec === undefined);
    const model = spec === undefined ? own.model : resolveModel(spec, ownShapes(checkpoint, spec));
    this.#recorded = own.recipe?.facts ?? new Map();
    this.#tensors = new Map(model?.tensors.map((tensor) => [tensor.name, tensor]));
    this.source = spec === undefined ? own.source : { from: 'spec' };
    const recorded = spec === undefined ? (own.recipe?.missing ?? []) : [];
    const wanted = new Set([...this.#tensors.keys(), ...recorded, ...checkpoint.absent.keys()]);
    this.missing = [...wanted].filter((name) => !checkpoint.tensors.has(name));
    this.warnings = own.warnings;
  }

  /** @param measured  undefined of a dtype that is not measured */
  describe(tensor: StoredTensor, measured: Measured | undefined): Description {
    const wanted = this.#tensors.get(tensor.name);
    const stored = this.#recorded.get(tensor.name);
    const reasons = wanted === undefined ? [] : compareForms(tensor, wanted);
    const distribution =
      wanted === undefined || reasons.length > 0 ? undefined : this.#distributionOf(wanted);
    const picture = measured && draw(measured, distribution);
    const expected =
      wanted && distribution && describeExpected(wanted.recipe, distribution, picture?.histogram);
    const { weightScale: told } = stored ?? {};
    if (told !== undefined && expected?.weightScale !== undefined && told !== expected.weightScale) {
      reasons.push(`weight_scale is ${told} in the metadata, ${expected.weightScale} by the recipe`);
    }
    if (measured && distribution) reasons.push(...findReasons(measured.figures, measured.bins, distribution));
    return {
      ...(measured && { figures: measured.figures }),
      ...picture,
      ...(stored && Object.keys(stored).length > 0 && { stored }),
      ...(expected && { expected }),
      verdict:
        reasons.length > 0 ? { kind: 'unexpected', reasons } : { kind: wanted ? 'expected' : 'unknown' },
    };
  }

  #distributionOf({ recipe, name, shape, dtype }: ModelTensor): ExpectedDistribution | undefined {
    const { kernel, narrowing, grid } = recipe;
    const key = JSON.stringify([dtype, kernel, narrowing, grid, shape.includes(0)]);
    if (!this.#distributions.has(key))
      this.#distributions.set(key, expectedDistributionOf(recipe, { name, shape, dtype }));
    return this.#distributions.get(key);
  }
}

interface UsableRecipe {
  readonly recipe?: CheckpointRecipe;
  readonly model?: Model;
  readonly source?: RecipeSource;
  readonly warnings: readonly string[];
}

/**
 * Damaged metadata do not keep anyone from inspecting the tensors: they cause a warning.
 * @param isWanted  whether its spec is resolved too
 */
function findUsableRecipe(checkpoint: CheckpointFiles, isWanted: boolean): UsableRecipe {
  const own = findCheckpointRecipe(checkpoint);
  if (own.kind === 'none') return { warnings: [] };
  if (own.kind === 'damaged') return { warnings: [warnOfRecipe(own.error)] };
  const { recipe } = own;
  if (!isWanted) return { recipe, warnings: [] };
  const source = { from: 'metadata', version: recipe.version, seed: String(recipe.seed) } as const;
  try {
    return { recipe, model: resolveModel(recipe.spec), source, warnings: [] };
  } catch (error) {
    if (!isBadInput(error)) throw error;
    return { recipe, warnings: [warnOfRecipe(error)] };
  }
}

const warnOfRecipe = ({ message }: Error): string => `The recipe in the metadata cannot be used. ${message}`;

/** A tensor of another shape or dtype is another tensor: there is no more to compare. */
function compareForms(found: StoredTensor, wanted: ModelTensor): string[] {
  const reasons: string[] = [];
  const [shape, wantedShape] = [found, wanted].map((form) => `[${form.shape.join(', ')}]`);
  if (shape !== wantedShape) reasons.push(`shape is ${shape}, expected ${wantedShape}`);
  if (found.dtype !== wanted.dtype) reasons.push(`dtype is ${found.storedDtype}, expected ${wanted.dtype}`);
  return reasons;
}

/** Values that come so often, on average, are levels rather than a sample of something continuous. */
const LEVEL_COUNT = 8;

const MOST_POINTS = BINS / 4;

function draw(
  { figures, bins, levels }: Measured,
  distribution: ExpectedDistribution | undefined,
): Pick<Description, 'histogram' | 'levels'> {
  const { finiteCount, min, max, mean, std } = figures;
  if (min === undefined || max === undefined || mean === undefined || std === undefined) return {};
  const found = { low: min, high: max, mean, std };
  const expected = distribution && {
    low: distribution.lowest,
    high: distribution.highest,
    mean: distribution.mean,
    std: distribution.std,
  };
  const hasLevels =
    levels !== undefined &&
    (distribution ? distribution.levels !== undefined : levels.size * LEVEL_COUNT <= finiteCount);
  // Many levels as points would beat with the bins.
  const counted = hasLevels && levels.size <= MOST_POINTS ? pointBins(levels) : bins;
  return {
    histogram: shorten(drawWhereExpected(counted, found, expected)),
    ...(hasLevels && { levels: toShares(levels, finiteCount) }),
  };
}

/** So many of the values may lie beyond the picture of what is expected; more are to be seen. */
const MOST_BEYOND = 0.05;

/** One outlier of 1e30 makes the spread found so large that all else would be a line. */
function drawWhereExpected(bins: ValueBins, found: Extent, expected: Extent | undefined): Histogram {
  if (expected === undefined) return makeHistogram(bins, found, chooseInterval([found]));
  const histogram = makeHistogram(bins, found, chooseInterval([expected]));
  return histogram.below + histogram.above <= MOST_BEYOND
    ? histogram
    : makeHistogram(bins, found, chooseInterval([found, expected]));
}

const toShares = (levels: ReadonlyMap<number, number>, count: number): Level[] =>
  [...levels].map(([value, times]) => [value, round(times / count)]);

/** Figures of a picture need no more digits, and there are hundreds of thousands of them. */
const round = (value: number): number => Number(value.toPrecision(6));

const shorten = <T extends { readonly shares: readonly number[] }>(histogram: T): T => ({
  ...histogram,
  shares: histogram.shares.map(round),
});

const DENSITY_STEPS = 64;
const INWARDS = 1e-5;

function describeExpected(
  { init, facts: { weightScale, step } }: Recipe,
  { lowest, highest, mean, std, kurtosis, density, levels }: ExpectedDistribution,
  interval: { readonly low: number; readonly high: number } | undefined,
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
    ...(density && interval && { density: sample(density, { lowest, highest }, interval) }),
    ...(levels && { levels: [...levels].map(([value, share]) => [value, round(share)] as const) }),
  };
}

/** From end to end of what is both possible and drawn. */
function sample(
  density: (x: number) => number,
  { lowest, highest }: Pick<ExpectedDistribution, 'lowest' | 'highest'>,
  { low, high }: { readonly low: number; readonly high: number },
): (readonly [number, number])[] {
  const from = Math.max(lowest, low);
  const width = Math.min(highest, high) - from;
  return Array.from({ length: DENSITY_STEPS + 1 }, (_, i) => {
    // The ends may lie a rounding beyond the density's.
    const x = from + Math.min(Math.max(i / DENSITY_STEPS, INWARDS), 1 - INWARDS) * width;
    return [round(x), round(density(x))];
  });
}
