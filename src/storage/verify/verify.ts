/**
 * Is a checkpoint what its recipe gives? Every element is drawn again and compared with what lies in the files.
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { fillRange, makeDraw, type Draw } from '../../domain/kernels/draw.js';
import { decodeElement, formatBits, unravelIndex } from '../../domain/tensors/element.js';
import { planChunks, type Extent } from '../../domain/partition/chunks.js';
import { sampleExtents } from '../../domain/partition/sample.js';
import { checkSeed } from '../../domain/streams/seed.js';
import { randomSeed } from '../../engine/host/random-seed.js';
import { DTYPES, elementsAt } from '../../domain/tensors/dtypes.js';
import { checkKeys, show } from '../../base/wording.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import type { Progress } from '../../engine/jobs/progress.js';
import type { ComparedTensor } from '../../engine/jobs/protocol.js';
import { ValueError } from '../../base/errors.js';
import {
  choosePairs,
  compareFacts,
  resolveClaim,
  type ClaimOptions,
  type MetadataDifference,
  type Pair,
} from '../read/expected-model.js';
import { fileOf, openCheckpointFiles, type CheckpointFiles } from '../read/checkpoint-files.js';
import { Findings } from './findings.js';
import { openUnchanged } from '../read/safetensors-reader.js';
import { readBytes } from '../files/read-at.js';

export interface VerifyCheckpointOptions extends RunOptions, ClaimOptions {
  /** Check only this share of the blocks, above 0 and at most 1, at random; at least one block a tensor. */
  readonly sample?: number | undefined;
  /** Which blocks. @defaultValue random, and told */
  readonly sampleSeed?: number | bigint | undefined;
  /** Check only these. */
  readonly tensors?: readonly string[] | undefined;
}

/** A value as the dtype has it, and its bits: -0 and 0, or two NaNs, are shown alike. */
export interface ElementValue {
  readonly value: number;
  /** `0x3f800000` */
  readonly bits: string;
}

export interface TensorDifference {
  readonly name: string;
  /** How many of the elements that were checked. */
  readonly differing: number;
  readonly first: {
    /** In the row-major tensor. */
    readonly element: number;
    /** The same, one number a dimension. */
    readonly index: readonly number[];
    readonly expected: ElementValue;
    readonly found: ElementValue;
    /** In the file. */
    readonly byteOffset: number;
    readonly file: string;
  };
}

export interface VerifyReport {
  /** Absolute. */
  readonly path: string;
  /** No element and no figure of the metadata differs, of those that were checked, and none of them is missing. */
  readonly equal: boolean;
  readonly seed: bigint;
  readonly threads: number;
  readonly checkedElements: number;
  readonly checkedBytes: number;
  /** Of all tensors. */
  readonly totalBytes: number;
  readonly elapsedMs: number;
  /** In the order of the files. */
  readonly differences: readonly TensorDifference[];
  readonly metadataDifferences: readonly MetadataDifference[];
  /** Tensors that should be there, by the spec, the metadata or the index, and are not; of those that were asked for. */
  readonly missing: readonly string[];
  /** What a person should know. */
  readonly warnings: readonly string[];
  /** Why the metadata could not be compared, though there are some; only with a spec. */
  readonly metadataFault?: string;
  /** Of a sample. */
  readonly sampleSeed?: bigint;
}

const OPTION_KEYS = ['spec', 'seed', 'sample', 'sampleSeed', 'tensors', 'signal', 'onProgress'] as const;

/** @throws see Engine.verifyCheckpoint */
export async function verify(
  coordinator: Coordinator,
  { threads }: { readonly threads: number },
  path: string,
  options: VerifyCheckpointOptions,
): Promise<VerifyReport> {
  const startedAt = performance.now();
  const sample = checkOptions(path, options);
  const checkpoint = await openCheckpointFiles(path, { allowLost: true });
  const claim = resolveClaim(checkpoint, options);
  const { pairs, missing } = choosePairs(checkpoint, claim, options.tensors);
  const checks = pairs.map((pair) => planCheck(pair, claim.seed, sample));
  const differences = await checkAll(coordinator, checkpoint, checks, options);
  const metadataDifferences = pairs.flatMap((pair) => compareFacts(pair, claim));
  const checkedElements = checks.reduce((sum, check) => sum + countChecked(check), 0);
  return {
    path: checkpoint.path,
    equal:
      differences.length + metadataDifferences.length + missing.length === 0 && claim.fault === undefined,
    seed: claim.seed,
    threads,
    checkedElements,
    checkedBytes: checks.reduce((sum, check) => sum + countChecked(check) * widthOf(check), 0),
    totalBytes: [...checkpoint.tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0),
    elapsedMs: performance.now() - startedAt,
    differences,
    metadataDifferences,
    missing,
    warnings: checkpoint.warnings,
    ...(claim.fault !== undefined && { metadataFault: claim.fault }),
    ...(sample && { sampleSeed: sample.seed }),
  };
}

interface Sample {
  readonly fraction: number;
  readonly seed: bigint;
}

function checkOptions(path: unknown, options: VerifyCheckpointOptions): Sample | undefined {
  checkKeys(options, OPTION_KEYS, 'verifyCheckpoint', 'BAD_OPTION');
  checkRunOptions(options, 'verifyCheckpoint');
  const { sample, sampleSeed, tensors } = options;
  const refuse = (found: string, remedy: string): ValueError =>
    new ValueError('BAD_OPTION', `verifyCheckpoint: ${found}.`, remedy);
  if (typeof path !== 'string' || path === '') throw refuse(`the path is ${show(path)}`, 'Pass a path.');
  const isNames = Array.isArray(tensors) && tensors.every((name) => typeof name === 'string');
  if (tensors !== undefined && !isNames)
    throw refuse(`tensors is ${show(tensors)}`, 'Pass an array of names.');
  if (sample === undefined) {
    if (sampleSeed === undefined) return undefined;
    throw refuse('there is a sampleSeed, and no sample', 'Pass both, or none.');
  }
  if (!(typeof sample === 'number' && sample > 0 && sample <= 1)) {
    throw refuse(`sample is ${show(sample)}`, 'Pass a share of the blocks, above 0 and at most 1.');
  }
  return { fraction: sample, seed: sampleSeed === undefined ? randomSeed() : checkSeed(sampleSeed) };
}

/** What is to be checked of a tensor, and what came out. */
interface Check extends Pair {
  readonly draw: Draw;
  readonly extents: readonly Extent[];
  readonly buffer: SharedArrayBuffer;
  readonly findings: Findings;
}

function planCheck({ stored, model }: Pair, seed: bigint, sample: Sample | undefined): Check {
  const { name, dtype, recipe, elementCount } = model;
  const extents = sample
    ? sampleExtents(elementCount, sample.fraction, sample.seed, name)
    : [{ offset: 0, elementCount }];
  const buffer = Findings.create();
  const draw = makeDraw(dtype, recipe, seed, name);
  return { stored, model, draw, extents, buffer, findings: new Findings(buffer) };
}

const widthOf = ({ model }: Check): number => DTYPES[model.dtype].byteWidth;

const countChecked = ({ extents }: Check): number =>
  extents.reduce((sum, { elementCount }) => sum + elementCount, 0);

/** Files that are open at once: a process may have 256, here and there, and checkpoints have thousands. */
const MAX_OPEN = 64;

async function checkAll(
  coordinator: Coordinator,
  checkpoint: CheckpointFiles,
  checks: readonly Check[],
  { signal, onProgress }: VerifyCheckpointOptions,
): Promise<TensorDifference[]> {
  const totalElements = checks.reduce((sum, check) => sum + countChecked(check), 0);
  const differences: TensorDifference[] = [];
  let before = 0;
  for (const batch of batchByFile(checks)) {
    const told = before;
    const onBatch =
      onProgress &&
      (({ doneElements }: Progress): void => {
        onProgress({ doneElements: told + doneElements, totalElements });
      });
    const found = await withFiles(checkpoint, batch, async (files) => {
      await runChecks(coordinator, files, batch, { signal, onProgress: onBatch });
      return await describeDifferences(files, batch);
    });
    differences.push(...found);
    before += batch.reduce((sum, check) => sum + countChecked(check), 0);
  }
  return differences;
}

/** In order, which is that of the files; at least one, so that a signal is heard in any case. */
function batchByFile(checks: readonly Check[]): readonly (readonly Check[])[] {
  const batches: Check[][] = [[]];
  let paths = new Set<string>();
  for (const check of checks) {
    const { path } = check.stored;
    if (!paths.has(path) && paths.size === MAX_OPEN) {
      paths = new Set();
      batches.push([]);
    }
    paths.add(path);
    batches.at(-1)?.push(check);
  }
  return batches;
}

/** By path. */
type OpenFiles = ReadonlyMap<string, FileHandle>;

/** Opens the files of the tensors that are checked, and closes them whatever happens. */
async function withFiles<T>(
  checkpoint: CheckpointFiles,
  checks: readonly Check[],
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
  checks: readonly Check[],
  options: RunOptions,
): Promise<void> {
  const parts = checks.flatMap((check) => check.extents.map((extent) => ({ check, extent })));
  const tensors = parts.map(({ check, extent }): ComparedTensor => {
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
  await coordinator.run({ plan: planChunks(parts.map(({ extent }) => extent)), tensors }, options);
}

function handleOf(files: OpenFiles, { stored }: Check): FileHandle {
  const file = files.get(stored.path);
  if (file === undefined) throw new RangeError(`${stored.path} is not open`);
  return file;
}

async function describeDifferences(files: OpenFiles, checks: readonly Check[]): Promise<TensorDifference[]> {
  const differences: TensorDifference[] = [];
  for (const check of checks) {
    const { first } = check.findings;
    if (first !== undefined) differences.push(await describe(check, first, handleOf(files, check)));
  }
  return differences;
}

async function describe(check: Check, element: number, file: FileHandle): Promise<TensorDifference> {
  const { stored, model, findings, draw } = check;
  const byteWidth = widthOf(check);
  const byteOffset = stored.position + element * byteWidth;
  const expected = elementsAt(draw.dtype, new ArrayBuffer(byteWidth), 0, 1);
  fillRange(draw, element, expected);
  const first = {
    element,
    index: unravelIndex(element, model.shape),
    expected: describeElement(check, new Uint8Array(expected.buffer)),
    found: describeElement(check, await readBytes(file, stored.path, byteOffset, byteWidth)),
    byteOffset,
    file: stored.path,
  };
  return { name: model.name, differing: findings.differing, first };
}

const describeElement = ({ model }: Check, bytes: Uint8Array): ElementValue => ({
  value: decodeElement(model.dtype, bytes),
  bits: formatBits(bytes),
});
