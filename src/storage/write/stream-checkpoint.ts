/**
 * A checkpoint of one file as a stream of bytes, in file order: for pipes, uploads, everything that is not a file.
 * @module
 */
import { at } from '../../base/at.js';
import { sumOf } from '../../base/sum.js';
import type { Draw } from '../../domain/draws/draw.js';
import { cutOf } from '../../domain/matrices/panels.js';
import { planChunks, CHUNK_ELEMENTS } from '../../domain/partition/chunks.js';
import { makeDraw } from '../../domain/recipes/draws.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { checkKeys } from '../../base/wording.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import type { DrawnTensor } from '../../engine/jobs/protocol.js';
import { Workspaces } from '../../engine/simd/matrix-workspaces.js';
import { allocateMemory, type SharedMemory } from '../../engine/memory/wasm.js';
import { CONTENTS_KEYS, resolveContents, type ContentsOptions, type EngineFacts } from './resolve-model.js';
import { layOut, type Layout } from '../format/layout.js';

export type StreamCheckpointOptions = RunOptions & Omit<ContentsOptions, 'shardSize'>;

/** Drawn at once: enough chunks for each thread that waking the threads costs little in comparison. */
const CHUNKS_PER_THREAD = 4;

/** A tensor of the stream. */
interface StreamedTensor extends ModelTensor {
  readonly draw: Draw;
}

function drawnTensor(layout: Layout, index: number): StreamedTensor {
  const tensor = at(layout.tensors, index);
  return { ...tensor, draw: makeDraw(layout, tensor, tensor.origin) };
}

/** Consecutive elements of one tensor. */
interface Piece<T> {
  readonly tensor: T;
  readonly offset: number;
  readonly elementCount: number;
}

/** Pieces that are drawn together. */
type Batch<T = StreamedTensor> = readonly Piece<T>[];

/**
 * Yields the header, then the tensors' bytes. While the reader has one batch the next is drawn, and none beyond that: a slow reader
 * costs time, not memory.
 * @throws {ValueError} before the first byte, if the spec or an option is refused
 * @throws {JumpfillError} what a job throws
 * @throws the signal's reason
 */
export async function* streamCheckpoint(
  run: Coordinator['run'],
  engine: EngineFacts,
  spec: unknown,
  options: StreamCheckpointOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  checkKeys(
    options,
    [...CONTENTS_KEYS.filter((key) => key !== 'shardSize'), 'signal', 'onProgress'],
    'streamCheckpoint',
    'BAD_OPTION',
  );
  checkRunOptions(options, 'streamCheckpoint');
  const { signal, onProgress } = options;
  const contents = { ...(await resolveContents(spec, options, engine)), shardBytes: undefined };
  const layout = layOut(contents, 'model.safetensors');
  const { files, tensors } = layout;
  const totalElements = sumOf(tensors, ({ elementCount }) => elementCount);
  let doneElements = 0;
  signal?.throwIfAborted();
  for (const { header, tensors: inFile } of files) {
    yield new Uint8Array(header);
    const ordered = inFile.map((i) => drawnTensor(layout, i));
    const batchElements = engine.threads * CHUNKS_PER_THREAD * CHUNK_ELEMENTS;
    const workspaces = Workspaces.create(
      ordered.map(({ draw }) => draw),
      engine.threads,
    );
    const buffers = new Buffers(2);
    const drawn = drawAhead(cutBatches(ordered, batchElements), (batch) =>
      drawBatch(run, batch, buffers.next(countBytesOf(batch)), workspaces, signal),
    );
    for await (const { bytes, elementCount } of drawn) {
      signal?.throwIfAborted();
      yield bytes;
      doneElements += elementCount;
      onProgress?.({ doneElements, totalElements });
    }
  }
}

/** Cuts tensors into batches of `batchElements`, the last of fewer; a piece ends where its tensor or its batch does. */
export function* cutBatches<T extends Pick<ModelTensor, 'elementCount'>>(
  tensors: readonly T[],
  batchElements: number,
): Generator<Batch<T>> {
  let batch: Piece<T>[] = [];
  let room = batchElements;
  for (const tensor of tensors) {
    for (let offset = 0; offset < tensor.elementCount;) {
      const elementCount = Math.min(room, tensor.elementCount - offset);
      batch.push({ tensor, offset, elementCount });
      offset += elementCount;
      room -= elementCount;
      if (room > 0) continue;
      yield batch;
      batch = [];
      room = batchElements;
    }
  }
  if (batch.length > 0) yield batch;
}

interface DrawnBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly elementCount: number;
}

/** Begins the next batch before it yields the current one. */
async function* drawAhead(
  batches: Iterable<Batch>,
  draw: (batch: Batch) => Promise<DrawnBatch>,
): AsyncGenerator<DrawnBatch> {
  let current: Promise<DrawnBatch> | undefined;
  try {
    for (const batch of batches) {
      const previous = await current;
      current = draw(batch);
      // This batch is not awaited while the reader has the previous one; a failure is thrown at the next turn.
      current.catch(() => undefined);
      if (previous !== undefined) yield previous;
    }
    if (current !== undefined) yield await current;
  } finally {
    // A reader that stops leaves nothing running.
    await current?.catch(() => undefined);
  }
}

async function drawBatch(
  run: Coordinator['run'],
  batch: Batch,
  { buffer, memory }: BatchMemory,
  workspaces: SharedArrayBuffer | undefined,
  signal: AbortSignal | undefined,
): Promise<DrawnBatch> {
  let byteOffset = 0;
  const tensors = batch.map(({ tensor, elementCount }): DrawnTensor => {
    const target = { kind: 'memory', buffer, memory, byteOffset } as const;
    byteOffset += elementCount * widthOf(tensor);
    return { kind: 'draw', draw: tensor.draw, target };
  });
  const extents = batch.map(({ tensor: { draw }, ...extent }) => ({
    ...extent,
    cut: cutOf(draw, draw.dtype),
  }));
  await run({ chunks: planChunks(extents), tensors, workspaces }, { signal });
  // A copy: readers need not know shared memory, and may keep what they get.
  const bytes = new Uint8Array(countBytesOf(batch));
  bytes.set(new Uint8Array(buffer, 0, bytes.length));
  return { bytes, elementCount: sumOf(batch, ({ elementCount }) => elementCount) };
}

const countBytesOf = (batch: Batch): number =>
  sumOf(batch, ({ tensor, elementCount }) => elementCount * widthOf(tensor));

const widthOf = ({ dtype }: StreamedTensor): number => DTYPES[dtype].byteWidth;

interface BatchMemory {
  readonly buffer: SharedArrayBuffer;
  readonly memory: SharedMemory | undefined;
}

/** Uses the same few buffers in turn: V8 does not count shared memory as its own, and would let dropped buffers pile up. */
class Buffers {
  readonly #buffers: BatchMemory[] = [];
  #turn = 0;

  constructor(readonly count: number) {}

  next(byteLength: number): BatchMemory {
    const turn = this.#turn++ % this.count;
    const known = this.#buffers[turn];
    if (known !== undefined && known.buffer.byteLength >= byteLength) return known;
    const memory = allocateMemory(byteLength);
    const buffer = memory?.buffer ?? new SharedArrayBuffer(byteLength);
    return (this.#buffers[turn] = { buffer, memory });
  }
}
