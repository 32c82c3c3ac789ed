/**
 * Draws tensors again and compares them with their files, a batch of files at a time.
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
import type { ComparedTensor } from '../../engine/jobs/protocol.js';
import { readBytes } from '../files/read-at.js';
import { fileOf, type CheckpointFiles } from '../read/checkpoint-files.js';
import { openUnchanged } from '../read/stored-file.js';
import { Findings } from './findings.js';
import type { MatchedTensor } from './match-tensors.js';
import type { ElementValue, TensorDifference } from './verify-report.js';

/** The share of the blocks to check, and the seed that chooses them. */
export interface Sample {
  readonly fraction: number;
  readonly seed: bigint;
}

/** The elements of a tensor to check, and the memory for the threads' findings. */
export interface TensorCheck extends MatchedTensor {
  readonly draw: Draw;
  readonly extents: readonly Extent[];
  readonly buffer: SharedArrayBuffer;
  readonly findings: Findings;
}

/** @param sample  undefined for all elements */
export function planCheck(
  { stored, model }: MatchedTensor,
  draw: Draw,
  sample: Sample | undefined,
): TensorCheck {
  const { name, elementCount } = model;
  const extents = sample
    ? sampleExtents(elementCount, sample.fraction, sample.seed, name)
    : [{ offset: 0, elementCount }];
  const buffer = Findings.create();
  return { stored, model, draw, extents, buffer, findings: new Findings(buffer) };
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
    const { path } = check.stored;
    if (!paths.has(path) && paths.size === MAX_OPEN) {
      paths = new Set();
      batch = [];
      batches.push(batch);
    }
    paths.add(path);
    batch.push(check);
  }
  return batches;
}

/** By path. */
type OpenFiles = ReadonlyMap<string, FileHandle>;

/** Opens the files of the tensors, and closes them when `use` has ended or failed. */
async function withFiles<T>(
  checkpoint: CheckpointFiles,
  checks: readonly TensorCheck[],
  use: (files: OpenFiles) => Promise<T>,
): Promise<T> {
  const files = new Map<string, FileHandle>();
  try {
    for (const { stored } of checks) {
      if (files.has(stored.path)) continue;
      files.set(stored.path, await openUnchanged(fileOf(checkpoint, stored)));
    }
    return await use(files);
  } finally {
    await Promise.all([...files.values()].map((file) => file.close()));
  }
}

async function runChecks(
  coordinator: Coordinator,
  files: OpenFiles,
  checks: readonly TensorCheck[],
  options: RunOptions,
): Promise<void> {
  const ranges = checks.flatMap((check) => check.extents.map((extent) => ({ check, extent })));
  const tensors = ranges.map(({ check, extent }): ComparedTensor => {
    const { draw, buffer, stored } = check;
    const position = stored.position + extent.offset * widthOf(check);
    const descriptor = handleOf(files, check).fd;
    return {
      kind: 'compare',
      draw,
      source: { kind: 'file', descriptor, path: stored.path, position },
      findings: buffer,
    };
  });
  const extents = ranges.map(({ check, extent }) => ({
    ...extent,
    cut: cutOf(check.draw, check.draw.dtype),
  }));
  await coordinator.run({ chunks: planChunks(extents), tensors }, options);
}

function handleOf(files: OpenFiles, { stored }: TensorCheck): FileHandle {
  const file = files.get(stored.path);
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
    if (first !== undefined) differences.push(await describe(check, first, handleOf(files, check)));
  }
  return differences;
}

async function describe(check: TensorCheck, element: number, file: FileHandle): Promise<TensorDifference> {
  const { stored, model, findings, draw } = check;
  const { begin, end } = byteRangeOf(model.dtype, element);
  const byteOffset = stored.position + begin;
  const expected = new Uint8Array(end - begin);
  fillRange(draw, element, elementsAt(draw.dtype, expected.buffer, 0, expected.length / widthOf(check)));
  const first = {
    element,
    index: unravelIndex(element, model.shape),
    expected: describeElement(model, element, expected),
    found: describeElement(model, element, await readBytes(file, stored.path, byteOffset, end - begin)),
    byteOffset,
    file: stored.path,
  };
  return { name: model.name, differing: findings.differing, first };
}

const describeElement = (
  { dtype }: MatchedTensor['model'],
  element: number,
  bytes: Uint8Array,
): ElementValue => ({
  value: writeElement(dtype, bytes, element),
  bits: formatElementBits(dtype, bytes, element),
});
