/**
 * The chunk claims of a job's threads: counters, done marks and a stop flag in shared memory, so that claiming, progress and
 * abort cost no messages.
 *
 * The chunks are in queues, each with a counter of the chunks claimed from it. A thread adds 1 to the counter of its own queue, then
 * of the other queues, and has the chunk it counted. It marks a chunk when the last element is in place. Chunks that were claimed by
 * a thread that died stay unmarked, and are claimed again after `rewind()`.
 * @module
 */
import { at } from '../../base/at.js';

/** The fields, 32 bits each: the stop flag, then the queues' counters. One byte a chunk follows, its done mark. */
const STOP = 0;
const FIRST_QUEUE = 1;

/** One queue: all chunks are claimed in their order. */
const ONE_QUEUE: readonly number[] = [0];

export class ChunkClaims {
  readonly #fields: Int32Array;
  /** 1 when the chunk's last element is written. */
  readonly #marks: Uint8Array;

  /** @param queues  the first chunk of each, in order */
  constructor(
    readonly buffer: SharedArrayBuffer,
    readonly chunkCount: number,
    readonly queues: readonly number[] = ONE_QUEUE,
  ) {
    const fieldCount = FIRST_QUEUE + queues.length;
    this.#fields = new Int32Array(buffer, 0, fieldCount);
    this.#marks = new Uint8Array(buffer, this.#fields.byteLength, chunkCount);
  }

  static create(chunkCount: number, queues: readonly number[] = ONE_QUEUE): ChunkClaims {
    const fieldBytes = Int32Array.BYTES_PER_ELEMENT * (FIRST_QUEUE + queues.length);
    return new ChunkClaims(new SharedArrayBuffer(fieldBytes + chunkCount), chunkCount, queues);
  }

  /**
   * Claims a chunk that is not done.
   * @param thread  begins with the queue of this number and goes on with the others
   * @returns       -1 if no chunk is left or the job was stopped
   */
  claim(thread: number): number {
    const { length } = this.queues;
    for (let i = 0; i < length; i++) {
      const chunk = this.#claimIn((thread + i) % length);
      if (chunk >= 0) return chunk;
    }
    return -1;
  }

  #claimIn(queue: number): number {
    const end = this.endOfQueue(queue);
    while (!this.isStopped && this.claimedIn(queue) < end) {
      const chunk = at(this.queues, queue) + Atomics.add(this.#fields, FIRST_QUEUE + queue, 1);
      if (chunk < end && !this.isDone(chunk)) return chunk;
    }
    return -1;
  }

  /** Chunks of the queue from this one on are unclaimed since the last rewind. */
  claimedIn(queue: number): number {
    const next = at(this.queues, queue) + Atomics.load(this.#fields, FIRST_QUEUE + queue);
    return Math.min(next, this.endOfQueue(queue));
  }

  endOfQueue(queue: number): number {
    return queue + 1 < this.queues.length ? at(this.queues, queue + 1) : this.chunkCount;
  }

  /** Makes every chunk that is not done claimable again. Only while no thread works. */
  rewind(): void {
    for (const queue of this.queues.keys()) Atomics.store(this.#fields, FIRST_QUEUE + queue, 0);
  }

  markDone(chunk: number): void {
    Atomics.store(this.#marks, chunk, 1);
  }

  /** Takes back the mark of a chunk whose bytes are gone. Only before the job runs. */
  markUndone(chunk: number): void {
    Atomics.store(this.#marks, chunk, 0);
  }

  isDone(chunk: number): boolean {
    return Atomics.load(this.#marks, chunk) === 1;
  }

  /** The number of chunks that are not done. */
  countLeft(): number {
    let left = 0;
    for (let chunk = 0; chunk < this.chunkCount; chunk++) if (!this.isDone(chunk)) left++;
    return left;
  }

  /** No chunk is claimed from now on; those being filled are finished. */
  stop(): void {
    Atomics.store(this.#fields, STOP, 1);
  }

  get isStopped(): boolean {
    return Atomics.load(this.#fields, STOP) === 1;
  }
}
