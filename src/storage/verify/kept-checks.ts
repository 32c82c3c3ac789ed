/**
 * Kept tensors in a verification: compared with the checkpoint that they were kept of where that is given, and named where it is not.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { checkPath } from '../../base/option-checks.js';
import { listNames } from '../../base/wording.js';
import { makeDraw, type DrawSource } from '../../domain/recipes/draws.js';
import type { LikeTensor } from '../../domain/specs/listed-tensors.js';
import type { ModelTensor } from '../../domain/specs/model-tensor.js';
import { peekGenerator } from '../../domain/specs/spec.js';
import type { KeptRecord, KeptTensors } from '../format/kept-record.js';
import type { CheckpointFiles } from '../read/checkpoint-files.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';
import type { OwnRecipe } from '../read/checkpoint-recipe.js';
import type { ExpectedModel, ExpectedModelOptions } from '../read/expected-model.js';
import { findKept, hashSample, isKept, isSampledWhole, type SoughtTensor } from '../read/kept-tensors.js';
import { openUnchanged } from '../read/stored-file.js';
import type { OpenSourceOptions } from '../remote/source-options.js';
import type { Wanted } from './check-tensors.js';
import type { SampleDifference } from './compare-facts.js';
import type { MatchedTensor } from './match-tensors.js';

/** The checkpoint that tensors were kept of. */
export interface OpenLike {
  readonly source: CheckpointSource;
  /** Names and shapes for a spec; undefined where the checkpoint's own metadata are the spec. */
  readonly shapes: readonly LikeTensor[] | undefined;
}

/** @throws {ValueError} BAD_OPTION, BAD_CHECKPOINT */
export async function openLike(
  like: unknown,
  { spec, generator, signal, onHeaders }: ExpectedModelOptions & OpenSourceOptions,
): Promise<OpenLike> {
  const { openSource } = await import('../remote/open-source.js');
  const { readShapes } = await import('../read/shapes-of.js');
  const source = await openSource(checkPath(like, 'verifyCheckpoint: like'), { signal, onHeaders });
  if (spec === undefined) return { source, shapes: undefined };
  const { tensors } = await readShapes(source, peekGenerator(spec, generator));
  return { source, shapes: tensors };
}

export interface FoundKept {
  /** By name. */
  readonly bytes: KeptTensors;
  /** Those whose source is not known. */
  readonly unsourced: readonly MatchedTensor[];
  readonly warnings: readonly string[];
}

/**
 * @param like  undefined if the caller gives none
 * @throws {ValueError} BAD_OPTION: a source that neither a spec nor a kept tensor needs; BAD_SPEC: what findKept refuses
 */
export async function findKeptOf(
  like: OpenLike | undefined,
  matched: readonly MatchedTensor[],
  { model: { tensors }, own }: ExpectedModel,
): Promise<FoundKept> {
  const kept = matched.filter(({ model }) => isKept(model));
  const records = recordsOf(own);
  if (like === undefined) return { bytes: new Map(), unsourced: kept, warnings: [] };
  const { source, shapes } = like;
  if (shapes === undefined && !tensors.some(isKept)) throw refuseLike(source);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const bytes = await findKept(
    source,
    kept.map(({ model }) => soughtOf(model, byName, records)),
  );
  return { bytes, unsourced: [], warnings: warnOfOthers(source, bytes, records) };
}

const recordsOf = (own: OwnRecipe): ReadonlyMap<string, KeptRecord> =>
  own.kind === 'recorded' ? own.recipe.kept : new Map<string, KeptRecord>();

/** What is known of kept tensors without their source. */
export interface ComparedSamples {
  readonly differences: readonly SampleDifference[];
  /** Those that their hashes tell all of. */
  readonly whole: readonly MatchedTensor[];
  /** Names of the others, but for those that differ. */
  readonly unchecked: readonly string[];
  readonly warnings: readonly string[];
}

/** Compares kept tensors without a source with the hashes of their first and last bytes that the metadata record. */
export async function compareSamples(
  checkpoint: CheckpointFiles,
  matched: readonly MatchedTensor[],
  own: OwnRecipe,
  signal: AbortSignal | undefined,
): Promise<ComparedSamples> {
  const records = recordsOf(own);
  const differences: SampleDifference[] = [];
  const [whole, sampled]: [MatchedTensor[], MatchedTensor[]] = [[], []];
  for (const file of checkpoint.files) {
    const tensors = matched.filter(({ stored }) => records.size > 0 && stored.path === file.path);
    if (tensors.length === 0) continue;
    await using handle = await openUnchanged(file);
    for (const tensor of tensors) {
      signal?.throwIfAborted();
      const { name } = tensor.model;
      const { sample } = records.get(name) ?? {};
      if (sample === undefined) continue;
      const found = await hashSample(handle, tensor.stored);
      if (found !== sample) differences.push({ name, figure: 'sample', stored: sample, expected: found });
      else (isSampledWhole(tensor.stored.byteLength) ? whole : sampled).push(tensor);
    }
  }
  const known = new Set([...differences.map(({ name }) => name), ...whole.map(({ model }) => model.name)]);
  const unchecked = matched.map(({ model }) => model.name).filter((name) => !known.has(name));
  const warnings = warnOfUnchecked(sampled.length, unchecked.length - sampled.length);
  return { differences, whole, unchecked, warnings };
}

function warnOfUnchecked(sampled: number, unknown: number): string[] {
  const were = (count: number): string => (count === 1 ? 'kept tensor was' : 'kept tensors were');
  const found = [
    ...(sampled > 0 ? [`${sampled} ${were(sampled)} compared at the first and last 4096 bytes only`] : []),
    ...(unknown > 0 ? [`${unknown} ${were(unknown)} not compared`] : []),
  ];
  if (found.length === 0) return [];
  const remedy = 'Pass `like` with the checkpoint that they were kept of to compare them whole.';
  return [`${found.join(', and ')}. ${remedy}`];
}

function refuseLike({ label }: CheckpointSource): ValueError {
  const found = `verifyCheckpoint: like is ${label}, and no tensor is kept.`;
  return new ValueError('BAD_OPTION', found, 'Leave it out: every tensor is drawn.');
}

/** A renamed tensor's name in the source is what the spec says, else what the metadata record. */
function soughtOf(
  { name, shape, dtype, listedName, sameAs }: ModelTensor,
  tensors: ReadonlyMap<string, ModelTensor>,
  records: ReadonlyMap<string, KeptRecord>,
): SoughtTensor {
  const target = sameAs === undefined ? undefined : tensors.get(sameAs);
  const listed = target === undefined ? listedName : target.listedName;
  return { name, shape, dtype, nameThere: listed ?? records.get(name)?.name ?? target?.name ?? name };
}

/** The header of another file may describe the same bytes, which are what is compared. */
function warnOfOthers(
  { label }: CheckpointSource,
  bytes: KeptTensors,
  records: ReadonlyMap<string, KeptRecord>,
): string[] {
  const names = [...bytes].flatMap(([name, { header }]) => {
    const recorded = records.get(name);
    return recorded === undefined || recorded.header === header ? [] : [name];
  });
  if (names.length === 0) return [];
  const found = `${label} is not what ${listNames(names)} ${names.length === 1 ? 'was' : 'were'} kept of: its header is another`;
  return [`${found}. The bytes are compared all the same.`];
}

/** Undefined for a kept tensor whose source is not known. */
export function wantedOf(
  { model }: MatchedTensor,
  source: DrawSource,
  keptTensors: KeptTensors,
): Wanted | undefined {
  if (!isKept(model)) return { kind: 'draw', draw: makeDraw(source, model, model.origin) };
  const kept = keptTensors.get(model.name);
  return kept && { kind: 'kept', kept };
}
