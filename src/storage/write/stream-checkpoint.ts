/**
 * A model's file as a stream of bytes, in file order: for pipes, uploads, anything that is no file.
 * @module
 */
import { makeDraw } from '../../domain/kernels/draw.js';
import { planChunks, CHUNK_ELEMENTS } from '../../domain/partition/chunks.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { checkKeys } from '../../base/wording.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import type { DrawnTensor } from '../../engine/jobs/protocol.js';
import { allocateMemory, type SharedMemory } from '../../engine/memory/wasm.js';
import { CONTENTS_KEYS, resolveContents, type ContentsOptions, type EngineFacts } from './resolve-model.js';
import { layOut } from '../format/layout.js';

export type StreamCheckpointOptions = RunOptions & Omit<ContentsOptions, 'shardSize'>;

/** What is drawn at once: so many chunks a thread that waking the threads costs little against them. */
const CHUNKS_PER_THREAD = 4;

/** Consecutive elements of one tensor. */
interface Piece {
  readonly tensor: ModelTensor;
  readonly offset: number;
  readonly elementCount: number;
}

/** Pieces that are drawn together. */
type Batch = readonly Piece[];

/**
 * Header, then the tensors' bytes. While one batch is handed out the next is drawn, and none beyond that: whoever reads
 * slowly holds the threads up, not the memory.
 * @throws {ValueError} before the first byte: what Engine.writeCheckpoint refuses of a spec
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
  const { files, tensors, seed } = layOut(contents, 'model.safetensors');
  const totalElements = tensors.reduce((sum, { elementCount }) => sum + elementCount, 0);
  let doneElements = 0;
  signal?.throwIfAborted();
  for (const { header, tensors: inFile } of files) {
    yield new Uint8Array(header);
    const ordered = inFile.flatMap((i) => tensors[i] ?? []);
    const batchElements = engine.threads * CHUNKS_PER_THREAD * CHUNK_ELEMENTS;
    const buffers = new Buffers(2);
    const drawn = drawAhead(cutBatches(ordered, batchElements), (batch) =>
      drawBatch(run, batch, buffers.next(countBytesOf(batch)), seed, signal),
    );
    for await (const { bytes, elementCount } of drawn) {
      signal?.throwIfAborted();
      yield bytes;
      doneElements += elementCount;
      onProgress?.({ doneElements, totalElements });
    }
  }
}

/** Batches of `batchElements`, the last of fewer; a piece ends where its tensor or its batch does. */
export function* cutBatches(tensors: readonly ModelTensor[], batchElements: number): Generator<Batch> {
  let batch: Piece[] = [];
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

/** The next batch is begun before the current one is handed out. */
async function* drawAhead(
  batches: Iterable<Batch>,
  draw: (batch: Batch) => Promise<DrawnBatch>,
): AsyncGenerator<DrawnBatch> {
  let current: Promise<DrawnBatch> | undefined;
  try {
    for (const batch of batches) {
      const previous = await current;
      current = draw(batch);
      // While the reader is at the batch before, nobody waits for this one: its failure is met at the next turn.
      current.catch(() => undefined);
      if (previous !== undefined) yield previous;
    }
    if (current !== undefined) yield await current;
  } finally {
    // Whoever stops reading leaves nothing running behind.
    await current?.catch(() => undefined);
  }
}

async function drawBatch(
  run: Coordinator['run'],
  batch: Batch,
  { buffer, memory }: Buffer,
  seed: bigint,
  signal: AbortSignal | undefined,
): Promise<DrawnBatch> {
  let byteOffset = 0;
  const tensors = batch.map(({ tensor, elementCount }): DrawnTensor => {
    const draw = makeDraw(tensor.dtype, tensor.recipe, seed, tensor.name);
    const target = { kind: 'memory', buffer, memory, byteOffset } as const;
    byteOffset += elementCount * widthOf(tensor);
    return { kind: 'draw', draw, target };
  });
  await run({ plan: planChunks(batch), tensors }, { signal });
  // Copied: what reads the stream need not know shared memory, and may keep what it got.
  const bytes = new Uint8Array(countBytesOf(batch));
  bytes.set(new Uint8Array(buffer, 0, bytes.length));
  return { bytes, elementCount: batch.reduce((sum, { elementCount }) => sum + elementCount, 0) };
}

const countBytesOf = (batch: Batch): number =>
  batch.reduce((sum, { tensor, elementCount }) => sum + elementCount * widthOf(tensor), 0);

const widthOf = ({ dtype }: ModelTensor): number => DTYPES[dtype].byteWidth;

interface Buffer {
  readonly buffer: SharedArrayBuffer;
  readonly memory: SharedMemory | undefined;
}

/** The same few in turn: V8 does not count shared memory as its own, and would let dropped ones pile up. */
class Buffers {
  readonly #buffers: Buffer[] = [];
  #turn = 0;

  constructor(readonly count: number) {}

  next(byteLength: number): Buffer {
    const turn = this.#turn++ % this.count;
    const known = this.#buffers[turn];
    if (known !== undefined && known.buffer.byteLength >= byteLength) return known;
    const memory = allocateMemory(byteLength);
    const buffer = memory?.buffer ?? new SharedArrayBuffer(byteLength);
    return (this.#buffers[turn] = { buffer, memory });
  }
}
