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
import { fileOf, type CheckpointFiles } from '../read/checkpoint-files.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';
import type { OwnRecipe } from '../read/checkpoint-recipe.js';
import type { ExpectedModel, ExpectedModelOptions } from '../read/expected-model.js';
import { findKept, hashSample, isKept, type SoughtTensor } from '../read/kept-tensors.js';
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
  /** Names of those whose source is not known. */
  readonly unchecked: readonly string[];
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
  const kept = matched.flatMap(({ model }) => (isKept(model) ? [model] : []));
  const records = recordsOf(own);
  if (like === undefined) {
    const unchecked = kept.map(({ name }) => name);
    return { bytes: new Map(), unchecked, warnings: warnOfUnchecked(unchecked, records) };
  }
  const { source, shapes } = like;
  if (shapes === undefined && !tensors.some(isKept)) throw refuseLike(source);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const bytes = await findKept(
    source,
    kept.map((tensor) => soughtOf(tensor, byName, records)),
  );
  return { bytes, unchecked: [], warnings: warnOfOthers(source, bytes, records) };
}

const recordsOf = (own: OwnRecipe): ReadonlyMap<string, KeptRecord> =>
  own.kind === 'recorded' ? own.recipe.kept : new Map<string, KeptRecord>();

function warnOfUnchecked(unchecked: readonly string[], records: ReadonlyMap<string, KeptRecord>): string[] {
  const { length } = unchecked;
  if (length === 0) return [];
  const areSampled = unchecked.some((name) => records.has(name));
  const found = `${length} kept ${length === 1 ? 'tensor was' : 'tensors were'} not compared${areSampled ? ' but for the first and last 4096 bytes' : ''}`;
  return [
    `${found}. Pass \`like\` with the checkpoint that ${length === 1 ? 'it was' : 'they were'} kept of.`,
  ];
}

/** Without their source, kept tensors are compared with the hashes of their first and last bytes that the metadata record. */
export async function compareSamples(
  checkpoint: CheckpointFiles,
  matched: readonly MatchedTensor[],
  unchecked: readonly string[],
  own: OwnRecipe,
): Promise<SampleDifference[]> {
  const [names, records] = [new Set(unchecked), recordsOf(own)];
  const differences: SampleDifference[] = [];
  for (const { model, stored } of matched) {
    const record = records.get(model.name);
    if (record === undefined || !names.has(model.name)) continue;
    await using file = await openUnchanged(fileOf(checkpoint, stored));
    const sample = await hashSample(file, stored);
    if (sample === record.sample) continue;
    differences.push({ name: model.name, figure: 'sample', stored: record.sample, expected: sample });
  }
  return differences;
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
