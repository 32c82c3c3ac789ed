/**
 * Resolves a spec and its options to the contents of a checkpoint: tensors, seed, size of shards. Reports and warns of the tensors.
 * @module
 */
import { at } from '../../base/at.js';
import { parseByteSize } from '../../base/byte-size.js';
import { ValueError } from '../../base/errors.js';
import { checkCallback, checkPath } from '../../base/option-checks.js';
import { writeInit, type InitJson } from '../../domain/recipes/init.js';
import { codeUseOf, type Facts } from '../../domain/recipes/recipe.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import { chooseSeed } from '../../domain/streams/seed.js';
import { checkCachedNormals } from '../../domain/specs/cached-normals.js';
import { warnOfOverlaps } from '../../domain/specs/overlaps.js';
import { listsTensors, peekGenerator, resolveModel, type ModelTensor } from '../../domain/specs/spec.js';
import { isCollapsed, type CodeUse } from '../../domain/recipes/code-use.js';
import { findCoarseness, type Coarseness } from '../../domain/recipes/coarseness.js';
import { findRowCoarseness, type RowCoarseness } from '../../domain/recipes/row-coarseness.js';
import { formatShare } from '../../text/numbers.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import { expectedLeakOf } from '../../domain/statistics/torch-truncation.js';
import { countElements } from '../../domain/tensors/shapes.js';
import { groupWarnings, type TensorWarning } from '../../domain/tensors/warnings.js';
import { recordKept, type KeptTensors } from '../format/kept-record.js';
import type { RunOptions } from '../../engine/jobs/coordinator.js';
import { countBytes, type Contents, type Layout } from '../format/layout.js';
import type { HeadersRead } from '../read/checkpoint-files.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';
import type { CheckpointShapes } from '../read/shapes-of.js';
import { checkRestInit, findRest, type RestInit } from './rest-init.js';

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
  /**
   * A checkpoint that gives a spec without tensors its names, shapes and dtypes, and has the tensors that are kept: those must lie on a
   * disk, for all else headers are enough. A path, a model of the Hub such as `hf:OWNER/NAME@REVISION:SUBFOLDER`, or the https address of
   * a file or an index.
   */
  readonly like?: string | undefined;
  /**
   * With `like`: what the tensors take that the spec gives no initialiser. `'auto'` draws what the authors of the architecture draw that
   * the checkpoint's `config.json` names.
   */
  readonly init?: RestInit | undefined;
  /** Called before the first header of `like` is read and after each: from the Hub they take a while. */
  readonly onHeaders?: ((read: HeadersRead) => void) | undefined;
}

export const CONTENTS_KEYS = ['seed', 'generator', 'shardSize', 'like', 'init', 'onHeaders'] as const;

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
  /** The checkpoint that it is like. */
  readonly source?: CheckpointSource | undefined;
  readonly warnings: readonly string[];
}

/** @throws {ValueError} BAD_SPEC, BAD_SEED, BAD_OPTION, BAD_CHECKPOINT, and what a fill refuses */
export async function resolveContents(
  spec: unknown,
  options: ContentsOptions & Pick<RunOptions, 'signal'>,
  engine: Omit<EngineFacts, 'threads'>,
): Promise<ResolvedContents> {
  const { seed, generator, shardSize, like, init } = options;
  checkRestInit(init, like);
  const likeSource = like === undefined ? undefined : await open(like, options);
  // The order of a list is its own, and kept tensors take no words.
  const drawnBy = listsTensors(spec) ? undefined : peekGenerator(spec, generator);
  const shapes = likeSource && (await loadShapes(likeSource, drawnBy));
  const { rest, warnings } = await findRest(init, likeSource, shapes?.tensors ?? []);
  const model = resolveModel(spec, shapes?.tensors, { option: generator, seed, rest });
  const chosen = chooseSeed(seed, model.seed, undefined, model.generator);
  const source = { generator: model.generator, seed: chosen ?? engine.seed };
  checkCachedNormals(source, model.tensors, model.seed);
  return {
    tensors: model.tensors,
    ...source,
    source: likeSource,
    kept: await findKept(likeSource, model.tensors, listsTensors(spec)),
    isSeedRandom: chosen === undefined && engine.isSeedRandom,
    shardBytes: shardSize === undefined ? model.shardBytes : parseByteSize(shardSize, 'shardSize'),
    warnings: [
      ...(shapes?.warnings ?? []),
      ...warnings,
      ...model.warnings,
      ...warnOfOverlaps(source, model.tensors),
    ],
  };
}

/** Loads the reader of kept tensors only if there are any. */
async function findKept(
  source: CheckpointSource | undefined,
  tensors: readonly ModelTensor[],
  isListed: boolean,
): Promise<KeptTensors> {
  if (!tensors.some(({ recipe }) => recipe.kind === 'kept')) return new Map();
  const { findKeptTensors } = await import('../read/kept-tensors.js');
  return await findKeptTensors(source, tensors, isListed);
}

/** Loads the readers of checkpoints only if they are needed. */
async function open(
  like: string,
  { signal, onHeaders }: ContentsOptions & Pick<RunOptions, 'signal'>,
): Promise<CheckpointSource> {
  if (onHeaders !== undefined) checkCallback(onHeaders, 'onHeaders');
  const { openSource } = await import('../remote/open-source.js');
  return await openSource(checkPath(like, 'like'), { signal, onHeaders });
}

async function loadShapes(
  source: CheckpointSource,
  generator: GeneratorName | undefined,
): Promise<CheckpointShapes> {
  const { readShapes } = await import('../read/shapes-of.js');
  return await readShapes(source, generator);
}

/**
 * Refuses a random seed, for the part of a checkpoint.
 * @throws {ValueError} BAD_OPTION
 */
export function requireSeed({ isSeedRandom }: ResolvedContents): void {
  if (!isSeedRandom) return;
  const found = 'A part needs a seed: without one, each part would draw its own.';
  throw new ValueError('BAD_OPTION', found, 'Pass `seed`, or put a seed in the spec.');
}

export interface TensorReport extends Facts {
  /** The code use of a WAGE layer of 2 to 8 bits. */
  readonly codeUse?: CodeUse;
  /** Only if the dtype has few values in the recipe's range. */
  readonly coarseness?: Coarseness;
  /** The same of rows with an initialiser of their own. */
  readonly rowCoarseness?: readonly RowCoarseness[];
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
  /** What its bytes are kept of, if they are not drawn: the source's file, and the name there if that is another. */
  readonly kept?: { readonly of: string; readonly name?: string };
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
    return files.has(file) ? [reportTensor(tensor, layout.kept, at(layout.files, file).name, position)] : [];
  });
}

function reportTensor(
  tensor: ModelTensor,
  sources: KeptTensors,
  file: string,
  byteOffset: number,
): TensorReport {
  const { name, shape, dtype, recipe, origin, stream, sameAs } = tensor;
  const { init, facts } = recipe;
  const codeUse = codeUseOf(recipe);
  const coarseness = findCoarseness(recipe, tensor);
  const rowCoarseness = findRowCoarseness(recipe, tensor);
  const expectedLeak = expectedLeakOf(recipe, countElements(shape));
  const kept = recordKept(name, sources);
  return {
    name,
    shape,
    dtype,
    init: writeInit(init),
    ...facts,
    ...origin,
    ...(stream !== undefined && { stream }),
    ...(sameAs !== undefined && { sameAs }),
    ...(kept && { kept: { of: kept.of, ...(kept.name !== undefined && { name: kept.name }) } }),
    ...(codeUse && { codeUse }),
    ...(coarseness && { coarseness }),
    ...(rowCoarseness.length > 0 && { rowCoarseness }),
    ...(expectedLeak !== undefined && { expectedLeak }),
    file,
    byteOffset,
    byteLength: countBytes(tensor),
  };
}

/** Warns of tensors whose values collapse or are coarse. */
export const warnOfTensors = (tensors: readonly TensorReport[]): string[] =>
  groupWarnings(
    tensors.flatMap((tensor) => [
      ...warnOfCollapse(tensor),
      ...warnOfCoarseness(tensor),
      ...warnOfRows(tensor),
    ]),
  );

function warnOfCollapse({ name, codeUse }: TensorReport): TensorWarning[] {
  if (codeUse === undefined || !isCollapsed(codeUse)) return [];
  const { used, available, zeroShare } = codeUse;
  const found = `${used} of ${available} codes are used, and ${Math.round(100 * zeroShare)} % of the weights are 0.`;
  return [{ name, text: `${found} A smaller fan-in or fewer bits would use more of the grid.` }];
}

function warnOfCoarseness({ name, dtype, coarseness }: TensorReport): TensorWarning[] {
  return coarseness === undefined
    ? []
    : [{ name, text: describeCoarseness(dtype, coarseness, 'the recipe') }];
}

const warnOfRows = ({ name, dtype, rowCoarseness = [] }: TensorReport): TensorWarning[] =>
  rowCoarseness.map(({ from, to, ...coarseness }) => {
    const rows = to === from + 1 ? `row ${from}` : `rows ${from} to ${to - 1}`;
    return { name, text: describeCoarseness(dtype, coarseness, rows) };
  });

function describeCoarseness(
  dtype: Dtype,
  { values, low, high, zeroShare }: Coarseness,
  source: string,
): string {
  const [from, to] = [low, high].map((value) => Number(value.toPrecision(6)));
  const count = values === 1 ? '1 value' : `${values} values`;
  const found = `${dtype} has only ${count} from ${from} to ${to}, where nearly all values of ${source} lie`;
  return zeroShare === undefined
    ? `${found}. A wider dtype, or values nearer to 0, would keep their distribution.`
    : `${found}, and ${formatShare(zeroShare, 3)} of them become 0. A wider dtype, or larger values with a scale beside them, would keep their distribution.`;
}
