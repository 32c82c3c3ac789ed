/**
 * Draws any range of a checkpoint's bytes, or copies what is kept of them, in order, no faster than it is read.
 * @module
 */
import { Buffer } from 'node:buffer';
import { at } from '../../base/at.js';
import { planChunks } from '../../domain/partition/chunks.js';
import type { Coordinator } from '../../engine/jobs/coordinator.js';
import type { Job } from '../../engine/jobs/protocol.js';
import { Workspaces } from '../../engine/simd/matrix-workspaces.js';
import type { Layout } from '../format/layout.js';
import { KeptSources } from '../read/kept-sources.js';
import { cutOfMaking, jobTensorOf, makingOf, type Making } from '../write/job-tensor.js';
import { BEYOND_BATCH_BYTES, cutBatches, type Batch } from './batches.js';
import { BatchMemories, type BatchMemory } from './batch-memory.js';
import type { PlacedTensor } from './placed-tensors.js';

/** Of a batch, for each thread: enough that waking the threads costs little in comparison. */
const BATCH_BYTES_PER_THREAD = 2 ** 22;

/**
 * Of what a reader gets at a time. Arrays of 256 KiB die young and their memory is used again; those of a whole batch cost fresh pages and
 * full collections: 800 ms of processor time for 537 MB of normals, instead of 480 (medians, 2 threads of a shared and busy AMD EPYC).
 */
const PIECE_BYTES = 2 ** 18;

/** A batch that the threads are at. */
interface BegunBatch {
  readonly batch: Batch;
  readonly memory: BatchMemory;
  readonly done: Promise<void>;
}

/** Several ranges may be drawn at once. */
export class ByteDrawer {
  readonly #run: Coordinator['run'];
  readonly #layout: Layout;
  readonly #threads: number;
  readonly #signal: AbortSignal | undefined;
  readonly #batchBytes: number;
  readonly #memories: BatchMemories;
  readonly #makings = new Map<number, Making>();
  /** Of all ranges together: what is made of a matrix serves all of its ranges. */
  #workspaces: { readonly buffer: SharedArrayBuffer | undefined } | undefined;

  constructor(run: Coordinator['run'], layout: Layout, threads: number, signal: AbortSignal | undefined) {
    this.#run = run;
    this.#layout = layout;
    this.#threads = threads;
    this.#signal = signal;
    this.#batchBytes = threads * BATCH_BYTES_PER_THREAD;
    this.#memories = new BatchMemories(this.#batchBytes + BEYOND_BATCH_BYTES);
  }

  /**
   * Yields the bytes of a file from `start` to `end` - 1. While the reader has one batch the next is drawn, and none beyond that: two
   * pieces of memory are enough.
   * @param tensors  of the file
   * @param start    a position after the header
   */
  async *draw(
    tensors: readonly PlacedTensor[],
    start: number,
    end: number,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const memories: BatchMemory[] = [];
    const sources = await this.#openSources(tensors, start, end);
    const begun: BegunBatch[] = [];
    try {
      let turn = 0;
      for (const batch of cutBatches(tensors, start, end, this.#batchBytes)) {
        // Before the threads are done with the last one: between batches they wait for nobody.
        begun.push(this.#begin(batch, sources, (memories[turn] ??= this.#memories.take())));
        turn = 1 - turn;
        if (begun.length > 1) yield* this.#copy(await takeFirst(begun));
      }
      await begun[0]?.done;
      await sources.checkUnchanged();
      if (begun.length > 0) yield* this.#copy(await takeFirst(begun));
    } finally {
      // A reader that stops leaves nothing running.
      await Promise.allSettled(begun.map(({ done }) => done));
      for (const memory of memories) this.#memories.giveBack(memory);
      await sources.close();
    }
  }

  /** Those of the tensors in a range. */
  async #openSources(tensors: readonly PlacedTensor[], start: number, end: number): Promise<KeptSources> {
    const { kept, tensors: all } = this.#layout;
    if (kept.size === 0) return await KeptSources.open([]);
    const inRange = tensors.filter((tensor) => tensor.position < end && tensor.end > start);
    return await KeptSources.open(inRange.flatMap(({ tensor }) => kept.get(at(all, tensor).name) ?? []));
  }

  #begin(batch: Batch, sources: KeptSources, memory: BatchMemory): BegunBatch {
    const done = this.#run(this.#jobOf(batch, sources, memory), { signal: this.#signal });
    // It is not awaited while the reader has the batch before; a failure is thrown at the next turn.
    done.catch(() => undefined);
    return { batch, memory, done };
  }

  #jobOf({ pieces }: Batch, sources: KeptSources, { buffer, memory }: BatchMemory): Job {
    const tensors = pieces.map(({ tensor, offset, byteOffset }) => {
      const target = { kind: 'memory', buffer, memory, byteOffset } as const;
      return jobTensorOf(this.#makingOf(tensor), target, sources, offset);
    });
    const extents = pieces.map(({ tensor, offset, elementCount }) => ({
      ...{ offset, elementCount },
      cut: cutOfMaking(this.#makingOf(tensor)),
    }));
    this.#workspaces ??= { buffer: this.#makeWorkspaces() };
    return { chunks: planChunks(extents), tensors, workspaces: this.#workspaces.buffer, isStreamed: true };
  }

  /** Readers need not know shared memory, and may keep what they get. */
  *#copy({ batch, memory }: BegunBatch): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (let done = 0; done < batch.byteLength; done += PIECE_BYTES) {
      this.#signal?.throwIfAborted();
      const length = Math.min(PIECE_BYTES, batch.byteLength - done);
      // Not zeroed: every byte is written.
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
      bytes.set(new Uint8Array(memory.buffer, batch.lead + done, length));
      yield bytes;
    }
  }

  #makingOf(index: number): Making {
    const known = this.#makings.get(index);
    if (known !== undefined) return known;
    const making = makingOf(this.#layout, index);
    this.#makings.set(index, making);
    return making;
  }

  #makeWorkspaces(): SharedArrayBuffer | undefined {
    const draws = [...this.#layout.tensors.entries()].flatMap(([index, { recipe }]) => {
      if (recipe.kind !== 'orthogonal' && recipe.kind !== 'pieces') return [];
      const making = this.#makingOf(index);
      return making.kind === 'draw' ? [making.draw] : [];
    });
    return Workspaces.create(draws, this.#threads);
  }
}

/** Takes the first batch out once it is done; until then it is among those that are waited for. */
async function takeFirst(begun: BegunBatch[]): Promise<BegunBatch> {
  const first = at(begun, 0);
  await first.done;
  begun.shift();
  return first;
}
