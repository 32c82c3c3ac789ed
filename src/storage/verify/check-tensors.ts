/**
 * Draws tensors again, or reads what they were kept of, and compares them with their files, a batch of files at a time.
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { sumOf } from '../../base/sum.js';
import { cutOf } from '../../domain/matrices/panels.js';
import { planChunks, type Extent } from '../../domain/partition/chunks.js';
import { sampleExtents } from '../../domain/partition/sample.js';
import { fillRange, type Draw } from '../../domain/draws/draw.js';
import { DTYPES, elementsAt } from '../../domain/tensors/dtypes.js';
import { byteRangeOf, formatElementBits, unravelIndex, writeElement } from '../../domain/tensors/element.js';
import type { Coordinator, RunOptions } from '../../engine/jobs/coordinator.js';
import { progressOfSeries } from '../../engine/jobs/progress.js';
import type { ComparedFiles, ComparedTensor, FileTarget } from '../../engine/jobs/protocol.js';
import { readBytes } from '../files/read-at.js';
import type { KeptBytes } from '../format/kept-record.js';
import { fileOf, type CheckpointFiles } from '../read/checkpoint-files.js';
import { KeptSources } from '../read/kept-sources.js';
import { openUnchanged, type StoredTensor } from '../read/stored-file.js';
import { Findings } from './findings.js';
import type { MatchedTensor } from './match-tensors.js';
import type { ElementValue, TensorDifference } from './verify-report.js';

/** The share of the blocks to check, and the seed that chooses them. */
export interface Sample {
  readonly fraction: number;
  readonly seed: bigint;
}

/** What a tensor's bytes should be. */
export type Wanted =
  { readonly kind: 'draw'; readonly draw: Draw } | { readonly kind: 'kept'; readonly kept: KeptBytes };

/** The elements of a tensor to check, and the memory for the threads' findings. */
export interface TensorCheck extends MatchedTensor {
  readonly wanted: Wanted;
  readonly extents: readonly Extent[];
  readonly buffer: SharedArrayBuffer;
  readonly findings: Findings;
}

/** @param sample  undefined for all elements */
export function planCheck(
  { stored, model }: MatchedTensor,
  wanted: Wanted,
  sample: Sample | undefined,
): TensorCheck {
  const { name, elementCount } = model;
  const extents = sample
    ? sampleExtents(elementCount, sample.fraction, sample.seed, name)
    : [{ offset: 0, elementCount }];
  const buffer = Findings.create();
  return { stored, model, wanted, extents, buffer, findings: new Findings(buffer) };
}

const widthOf = ({ model }: TensorCheck): number => DTYPES[model.dtype].byteWidth;

export const countChecked = ({ extents }: TensorCheck): number =>
  sumOf(extents, ({ elementCount }) => elementCount);

export const countCheckedBytes = (check: TensorCheck): number => countChecked(check) * widthOf(check);

/** Files open at once: some systems allow a process 256, and checkpoints have thousands. */
const MAX_OPEN = 64;

/** @throws {JumpfillError} IO_FAILED, WORKER_FAILED; what an aborted signal throws */
export async function checkTensors(
  coordinator: Coordinator,
  checkpoint: CheckpointFiles,
  checks: readonly TensorCheck[],
  { signal, onProgress }: RunOptions,
): Promise<TensorDifference[]> {
  const totalElements = sumOf(checks, countChecked);
  const differences: TensorDifference[] = [];
  let doneBefore = 0;
  for (const batch of batchByFile(checks)) {
    const onBatch = onProgress && progressOfSeries(onProgress, doneBefore, totalElements);
    const found = await withFiles(checkpoint, batch, async (files) => {
      await runChecks(coordinator, files, batch, { signal, onProgress: onBatch });
      return await describeDifferences(files, batch);
    });
    differences.push(...found);
    doneBefore += sumOf(batch, countChecked);
  }
  return differences;
}

/** In the order of the files; always at least one batch, so that an aborted signal is noticed. */
function batchByFile(checks: readonly TensorCheck[]): readonly (readonly TensorCheck[])[] {
  let batch: TensorCheck[] = [];
  const batches = [batch];
  let paths = new Set<string>();
  for (const check of checks) {
    const together = new Set([...paths, ...pathsOf(check)]);
    if (together.size > MAX_OPEN) {
      paths = new Set(pathsOf(check));
      batch = [];
      batches.push(batch);
    } else paths = together;
    batch.push(check);
  }
  return batches;
}

const pathsOf = ({ stored, wanted }: TensorCheck): readonly string[] =>
  wanted.kind === 'kept' ? [stored.path, wanted.kept.path] : [stored.path];

interface OpenFiles {
  /** The checkpoint's, by path. */
  readonly own: ReadonlyMap<string, FileHandle>;
  readonly sources: KeptSources;
}

/** Opens the files of the tensors, and closes them when `use` has ended or failed. */
async function withFiles<T>(
  checkpoint: CheckpointFiles,
  checks: readonly TensorCheck[],
  use: (files: OpenFiles) => Promise<T>,
): Promise<T> {
  const own = new Map<string, FileHandle>();
  const kept = checks.flatMap(({ wanted }) => (wanted.kind === 'kept' ? [wanted.kept] : []));
  const sources = await KeptSources.open(kept);
  try {
    for (const { stored } of checks) {
      if (own.has(stored.path)) continue;
      own.set(stored.path, await openUnchanged(fileOf(checkpoint, stored)));
    }
    const result = await use({ own, sources });
    await sources.checkUnchanged();
    return result;
  } finally {
    await Promise.all([...own.values()].map((file) => file.close()));
    await sources.close();
  }
}

async function runChecks(
  coordinator: Coordinator,
  files: OpenFiles,
  checks: readonly TensorCheck[],
  options: RunOptions,
): Promise<void> {
  const ranges = checks.flatMap((check) => check.extents.map((extent) => ({ check, extent })));
  const tensors = ranges.map(({ check, extent }) => comparisonOf(files, check, extent.offset));
  const extents = ranges.map(({ check: { wanted, model }, extent }) => ({
    ...extent,
    cut: wanted.kind === 'draw' ? cutOf(wanted.draw, model.dtype) : undefined,
  }));
  await coordinator.run({ chunks: planChunks(extents), tensors }, options);
}

/** @param offset  of the extent, in elements */
function comparisonOf(files: OpenFiles, check: TensorCheck, offset: number): ComparedTensor | ComparedFiles {
  const { wanted, buffer: findings, stored, model } = check;
  const targetOf = (descriptor: number, { path, position }: Located): FileTarget => ({
    ...{ kind: 'file', descriptor, path },
    position: position + offset * widthOf(check),
  });
  const source = targetOf(handleOf(files, check).fd, stored);
  if (wanted.kind === 'draw') return { kind: 'compare', draw: wanted.draw, source, findings };
  const { kept } = wanted;
  const there = targetOf(files.sources.descriptorOf(kept), kept);
  return { kind: 'compare-files', dtype: model.dtype, wanted: there, source, findings };
}

type Located = Pick<StoredTensor, 'path' | 'position'>;

function handleOf({ own }: OpenFiles, { stored }: TensorCheck): FileHandle {
  const file = own.get(stored.path);
  if (file === undefined) throw new RangeError(`${stored.path} is not open`);
  return file;
}

async function describeDifferences(
  files: OpenFiles,
  checks: readonly TensorCheck[],
): Promise<TensorDifference[]> {
  const differences: TensorDifference[] = [];
  for (const check of checks) {
    const { first } = check.findings;
    if (first !== undefined) differences.push(await describe(check, first, files));
  }
  return differences;
}

async function describe(check: TensorCheck, element: number, files: OpenFiles): Promise<TensorDifference> {
  const { stored, model, findings } = check;
  const { begin, end } = byteRangeOf(model.dtype, element);
  const byteOffset = stored.position + begin;
  const expected = await readWanted(check, element, files.sources);
  const stands = await readBytes(handleOf(files, check), stored.path, byteOffset, end - begin);
  const first = {
    element,
    index: unravelIndex(element, model.shape),
    expected: describeElement(model, element, expected),
    found: describeElement(model, element, stands),
    byteOffset,
    file: stored.path,
  };
  return { name: model.name, differing: findings.differing, first };
}

/** The bytes that hold an element. */
async function readWanted(
  { model: { dtype }, wanted }: TensorCheck,
  element: number,
  sources: KeptSources,
): Promise<Uint8Array> {
  const { begin, end } = byteRangeOf(dtype, element);
  if (wanted.kind === 'kept') return await sources.read(wanted.kept, begin, end);
  const expected = new Uint8Array(end - begin);
  const count = expected.length / DTYPES[dtype].byteWidth;
  fillRange(wanted.draw, element, elementsAt(wanted.draw.dtype, expected.buffer, 0, count));
  return expected;
}

const describeElement = (
  { dtype }: MatchedTensor['model'],
  element: number,
  bytes: Uint8Array,
): ElementValue => ({
  value: writeElement(dtype, bytes, element),
  bits: formatElementBits(dtype, bytes, element),
});
