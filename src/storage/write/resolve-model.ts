/**
 * Resolves a spec and its options to the contents of a checkpoint: tensors, seed, size of shards. Reports and warns of the tensors.
 * @module
 */
import { at } from '../../base/at.js';
import { parseByteSize } from '../../base/byte-size.js';
import { checkPath } from '../../base/option-checks.js';
import { writeInit, type InitJson } from '../../domain/recipes/init.js';
import { codeUseOf, type Facts } from '../../domain/recipes/recipe.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import { chooseSeed } from '../../domain/streams/seed.js';
import { checkCachedNormals } from '../../domain/specs/cached-normals.js';
import { warnOfOverlaps } from '../../domain/specs/overlaps.js';
import { peekGenerator, resolveModel, type ModelTensor } from '../../domain/specs/spec.js';
import { isCollapsed, type CodeUse } from '../../domain/recipes/code-use.js';
import { findCoarseness, type Coarseness } from '../../domain/recipes/coarseness.js';
import { formatShare } from '../../text/numbers.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import { expectedLeakOf } from '../../domain/statistics/torch-truncation.js';
import { countElements } from '../../domain/tensors/shapes.js';
import { groupWarnings, type TensorWarning } from '../../domain/tensors/warnings.js';
import { countBytes, type Contents, type Layout } from '../format/layout.js';
import type { CheckpointShapes } from '../read/shapes-of.js';

/** Options of everything that takes a spec. */
export interface ContentsOptions {
  /** @defaultValue the spec's, else the engine's */
  readonly seed?: number | bigint | undefined;
  /**
   * Where the words come from: `'torch'` draws as PyTorch does, one tensor after the other, in the order of the spec or of the
   * checkpoint that `like` names. @defaultValue the spec's, else `'xoroshiro128+'`
   */
  readonly generator?: GeneratorName | undefined;
  /** The most tensor bytes of one file, as in "5GB". @defaultValue the spec's `shard_size`, else one file */
  readonly shardSize?: string | number | undefined;
  /** Path of a checkpoint that gives a spec without tensors its names, shapes and dtypes; only headers are read. */
  readonly like?: string | undefined;
}

export const CONTENTS_KEYS = ['seed', 'generator', 'shardSize', 'like'] as const;

/** The engine's own values. */
export interface EngineFacts {
  readonly threads: number;
  readonly seed: bigint;
  /** The engine drew its seed at random. */
  readonly isSeedRandom: boolean;
}

export interface ResolvedContents extends Contents {
  /** The seed is random: neither the options nor the spec nor the engine's options have one. */
  readonly isSeedRandom: boolean;
  readonly warnings: readonly string[];
}

/** @throws {ValueError} BAD_SPEC, BAD_SEED, BAD_OPTION, BAD_CHECKPOINT, and what a fill refuses */
export async function resolveContents(
  spec: unknown,
  { seed, generator, shardSize, like }: ContentsOptions,
  engine: Omit<EngineFacts, 'threads'>,
): Promise<ResolvedContents> {
  const shapes = like === undefined ? undefined : await loadShapes(like, peekGenerator(spec, generator));
  const model = resolveModel(spec, shapes?.tensors, { option: generator, seed });
  const chosen = chooseSeed(seed, model.seed, undefined, model.generator);
  const source = { generator: model.generator, seed: chosen ?? engine.seed };
  checkCachedNormals(source, model.tensors, model.seed);
  return {
    tensors: model.tensors,
    ...source,
    isSeedRandom: chosen === undefined && engine.isSeedRandom,
    shardBytes: shardSize === undefined ? model.shardBytes : parseByteSize(shardSize, 'shardSize'),
    warnings: [...(shapes?.warnings ?? []), ...model.warnings, ...warnOfOverlaps(source, model.tensors)],
  };
}

/** Loads the reader of checkpoints only if it is needed. */
async function loadShapes(path: string, generator: GeneratorName | undefined): Promise<CheckpointShapes> {
  const { readShapes } = await import('../read/shapes-of.js');
  return await readShapes(checkPath(path, 'like'), generator);
}

export interface TensorReport extends Facts {
  /** The code use of a WAGE layer of 2 to 8 bits. */
  readonly codeUse?: CodeUse;
  /** Only if the dtype has few values in the recipe's range. */
  readonly coarseness?: Coarseness;
  /** How many values are expected beyond 2 standard deviations; only for xbtorch's truncated normal, drawn by torch's generator. */
  readonly expectedLeak?: number;
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly init: InitJson;
  /** How many words of the generator come before the draw; only with the generator `'torch'`. */
  readonly firstWord?: number;
  /** The second normal of an earlier pair, if the draw takes it. */
  readonly cachedNormal?: number | undefined;
  /** The name whose streams it draws from, if the spec says so. */
  readonly stream?: string;
  /** The tensor whose bytes it has, if it is tied. */
  readonly sameAs?: string;
  /** Name of its file. */
  readonly file: string;
  /** Position in the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/**
 * Reports the tensors of some files, in the spec's order.
 * @param files  indices into the layout's files
 */
export function reportTensors(layout: Layout, files: ReadonlySet<number>): readonly TensorReport[] {
  return layout.tensors.flatMap((tensor, i) => {
    const { file, position } = at(layout.positions, i);
    return files.has(file) ? [reportTensor(tensor, at(layout.files, file).name, position)] : [];
  });
}

function reportTensor(tensor: ModelTensor, file: string, byteOffset: number): TensorReport {
  const { name, shape, dtype, recipe, origin, stream, sameAs } = tensor;
  const { init, facts } = recipe;
  const codeUse = codeUseOf(recipe);
  const coarseness = findCoarseness(recipe, tensor);
  const expectedLeak = expectedLeakOf(recipe, countElements(shape));
  return {
    name,
    shape,
    dtype,
    init: writeInit(init),
    ...facts,
    ...origin,
    ...(stream !== undefined && { stream }),
    ...(sameAs !== undefined && { sameAs }),
    ...(codeUse && { codeUse }),
    ...(coarseness && { coarseness }),
    ...(expectedLeak !== undefined && { expectedLeak }),
    file,
    byteOffset,
    byteLength: countBytes(tensor),
  };
}

/** Warns of tensors whose values collapse or are coarse. */
export const warnOfTensors = (tensors: readonly TensorReport[]): string[] =>
  groupWarnings(tensors.flatMap((tensor) => [...warnOfCollapse(tensor), ...warnOfCoarseness(tensor)]));

function warnOfCollapse({ name, codeUse }: TensorReport): TensorWarning[] {
  if (codeUse === undefined || !isCollapsed(codeUse)) return [];
  const { used, available, zeroShare } = codeUse;
  const found = `${used} of ${available} codes are used, and ${Math.round(100 * zeroShare)} % of the weights are 0.`;
  return [{ name, text: `${found} A smaller fan-in or fewer bits would use more of the grid.` }];
}

function warnOfCoarseness({ name, dtype, coarseness }: TensorReport): TensorWarning[] {
  if (coarseness === undefined) return [];
  const { values, low, high, zeroShare } = coarseness;
  const [from, to] = [low, high].map((value) => Number(value.toPrecision(6)));
  const count = values === 1 ? '1 value' : `${values} values`;
  const found = `${dtype} has only ${count} from ${from} to ${to}, where nearly all values of the recipe lie`;
  const text =
    zeroShare === undefined
      ? `${found}. A wider dtype, or values nearer to 0, would keep their distribution.`
      : `${found}, and ${formatShare(zeroShare, 3)} of them become 0. A wider dtype, or larger values with a scale beside them, would keep their distribution.`;
  return [{ name, text }];
}
