/**
 * A model's weights, from a spec to a safetensors file. Memory does not grow with the model: threads draw into a scratch
 * and write it at its own position.
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { makeDraw } from '../domain/draw.js';
import { planChunks } from '../domain/plan.js';
import type { Init } from '../domain/init.js';
import { codeUseOf, type Facts } from '../domain/recipe.js';
import { checkSeed } from '../domain/seed.js';
import { resolveModel, type ModelTensor } from '../domain/spec.js';
import { isCollapsed, type CodeUse } from '../domain/collapse.js';
import { DTYPES, nameTensor, type Dtype } from '../domain/tensor.js';
import { checkKeys, show } from '../domain/words.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../engine/coordinator.js';
import type { Job, JobTensor } from '../engine/protocol.js';
import { ValueError } from '../errors.js';
import { writeAt } from './file-work.js';
import { readError } from './io-errors.js';
import { checkOutput, OutputFile } from './output-file.js';
import { describeRecipe } from './recipe-metadata.js';
import { encodeHeader, type Placement } from './safetensors.js';

export interface InitModelOptions extends RunOptions {
  /** Path of the safetensors file. */
  readonly out: string;
  /** Replace a file that is there. @defaultValue false */
  readonly force?: boolean | undefined;
  /** @defaultValue the spec's, else the engine's */
  readonly seed?: number | bigint | undefined;
  /** Read the file again and tell its SHA-256. @defaultValue false */
  readonly checksum?: boolean | undefined;
}

export interface TensorReport extends Facts {
  /** How many of its codes a WAGE layer uses, of 2 to 8 bits. */
  readonly codeUse?: CodeUse;
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly init: Init;
  /** Position in the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface ModelReport {
  /** Absolute. */
  readonly path: string;
  readonly seed: bigint;
  readonly threads: number;
  readonly elementCount: number;
  /** Of the whole file, header included. */
  readonly byteLength: number;
  /** Until the file was synced and had its name; without the time of the checksum. */
  readonly elapsedMs: number;
  /** Of the whole file, in hex; only if asked for. */
  readonly sha256?: string;
  readonly tensors: readonly TensorReport[];
  /** What a person should know: WAGE layers that collapse. */
  readonly warnings: readonly string[];
}

const OPTION_KEYS = ['out', 'force', 'seed', 'checksum', 'signal', 'onProgress'] as const;

/**
 * @param engine  its seed is used if neither options nor spec have one
 * @throws see Engine.initModel
 */
export async function initModel(
  coordinator: Coordinator,
  engine: { readonly threads: number; readonly seed: bigint },
  spec: unknown,
  options: InitModelOptions,
): Promise<ModelReport> {
  const startedAt = performance.now();
  checkOptions(options);
  const { out, force = false, seed: givenSeed, checksum = false, signal, onProgress } = options;
  const model = resolveModel(spec);
  const seed = givenSeed === undefined ? (model.seed ?? engine.seed) : checkSeed(givenSeed);
  const layout = layOut(model.tensors, seed);
  const path = resolve(out);
  signal?.throwIfAborted();
  await checkOutput({ path, force }, layout.byteLength);
  const { sha256, hashMs } = await writeFile(
    { path, force },
    layout,
    seed,
    coordinator,
    { signal, onProgress },
    checksum,
  );
  const reports = model.tensors.map((tensor, i) => reportTensor(tensor, layout.positions[i] ?? 0));
  return {
    path,
    seed,
    threads: engine.threads,
    elementCount: model.tensors.reduce((sum, tensor) => sum + tensor.elementCount, 0),
    byteLength: layout.byteLength,
    elapsedMs: performance.now() - startedAt - hashMs,
    ...(sha256 !== undefined && { sha256 }),
    tensors: reports,
    warnings: reports.flatMap(warnOfCollapse),
  };
}

function checkOptions(options: InitModelOptions): void {
  checkKeys(options, OPTION_KEYS, 'initModel', 'BAD_OPTION');
  const out: unknown = options.out;
  checkRunOptions(options, 'initModel');
  for (const key of ['force', 'checksum'] as const) {
    const value: unknown = options[key];
    if (value === undefined || typeof value === 'boolean') continue;
    throw new ValueError('BAD_OPTION', `initModel: ${key} is ${show(value)}.`, 'Pass true or false.');
  }
  if (typeof out === 'string' && out !== '') return;
  throw new ValueError(
    'BAD_OPTION',
    `initModel: out is ${show(out)}.`,
    'Pass the path of the file to write.',
  );
}

interface Layout {
  readonly tensors: readonly ModelTensor[];
  readonly header: Uint8Array;
  /** Of each tensor's first byte, in the file. */
  readonly positions: readonly number[];
  readonly byteLength: number;
}

function layOut(tensors: readonly ModelTensor[], seed: bigint): Layout {
  const placements = tensors.map(({ name, dtype, shape, elementCount }): Placement => ({
    name,
    dtype,
    shape,
    byteLength: elementCount * DTYPES[dtype].byteWidth,
  }));
  // Widest elements first, else the spec's order: so each tensor's data is aligned, without holes.
  const inFile = placements
    .map((placement, i) => ({ placement, i, width: DTYPES[placement.dtype].byteWidth }))
    .sort((a, b) => b.width - a.width);
  const metadata = { format: 'pt', jumpfill: describeRecipe(tensors, seed) };
  const header = encodeHeader(
    inFile.map(({ placement }) => placement),
    metadata,
  );
  let end = header.length;
  const positions: number[] = [];
  for (const { placement, i } of inFile) {
    positions[i] = end;
    end += placement.byteLength;
  }
  if (!Number.isSafeInteger(end)) {
    throw new ValueError('TOO_LARGE', `The file would have more than 2^53 - 1 bytes.`, 'Split the model.');
  }
  return { tensors, header, positions, byteLength: end };
}

async function writeFile(
  place: { path: string; force: boolean },
  layout: Layout,
  seed: bigint,
  coordinator: Coordinator,
  run: RunOptions,
  checksum: boolean,
): Promise<{ sha256: string | undefined; hashMs: number }> {
  const file = await OutputFile.create(place);
  try {
    await file.reserve(layout.byteLength);
    writeAt(file.handle.fd, place.path, layout.header, 0);
    await coordinator.run(makeJob(layout, seed, file.handle.fd, place.path), run);
    await file.sync();
    const syncedAt = performance.now();
    const sha256 = checksum ? await hashFile(file.temporaryPath, run.signal) : undefined;
    const hashMs = performance.now() - syncedAt;
    run.signal?.throwIfAborted();
    await file.publish();
    return { sha256, hashMs };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function makeJob({ tensors, positions }: Layout, seed: bigint, descriptor: number, path: string): Job {
  const jobTensors = tensors.map(({ name, dtype, recipe }, i): JobTensor => {
    const draw = makeDraw(dtype, recipe, seed, name);
    return { kind: 'draw', draw, target: { kind: 'file', descriptor, path, position: positions[i] ?? 0 } };
  });
  return {
    plan: planChunks(tensors.map(({ elementCount }) => ({ offset: 0, elementCount }))),
    tensors: jobTensors,
  };
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      signal?.throwIfAborted();
      hash.update(bytes as Uint8Array);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw readError(path, cause);
  }
  return hash.digest('hex');
}

function reportTensor(
  { name, shape, dtype, elementCount, recipe }: ModelTensor,
  byteOffset: number,
): TensorReport {
  const { init, facts } = recipe;
  const codeUse = codeUseOf(recipe);
  return {
    name,
    shape,
    dtype,
    init,
    ...facts,
    ...(codeUse && { codeUse }),
    byteOffset,
    byteLength: elementCount * DTYPES[dtype].byteWidth,
  };
}

function warnOfCollapse({ name, codeUse }: TensorReport): string[] {
  if (codeUse === undefined || !isCollapsed(codeUse)) return [];
  const { used, available, zeroShare } = codeUse;
  const found = `${nameTensor(name)} uses ${used} of ${available} codes, and ${Math.round(100 * zeroShare)} % of its weights are 0.`;
  return [`${found} A smaller fan-in or fewer bits would use more of the grid.`];
}
