/**
 * How the threads of a job claim its chunks: counters, done marks and a stop flag in shared memory, so that claiming, progress and
 * abort cost no messages.
 *
 * The chunks are in lanes, each with a counter of the chunks claimed from it. A thread adds 1 to the counter of its own lane, then
 * of the other lanes, and has the chunk it counted. It marks a chunk when the last element is in place. Chunks that were claimed by
 * a thread that died stay unmarked, and are claimed again after `rewind()`.
 * @module
 */
import { at } from '../../base/at.js';

/** The fields, 32 bits each: the stop flag, then the lanes' counters. One byte a chunk follows, its done mark. */
const STOP = 0;
const FIRST_LANE = 1;

/** The first chunks of the lanes of a plan whose chunks are claimed in their order. */
const ONE_LANE: readonly number[] = [0];

export class ChunkClaims {
  readonly #fields: Int32Array;
  /** 1 when the chunk's last element is written. */
  readonly #marks: Uint8Array;

  /** @param lanes  the first chunk of each, in order */
  constructor(
    readonly buffer: SharedArrayBuffer,
    readonly chunkCount: number,
    readonly lanes: readonly number[] = ONE_LANE,
  ) {
    const fieldCount = FIRST_LANE + lanes.length;
    this.#fields = new Int32Array(buffer, 0, fieldCount);
    this.#marks = new Uint8Array(buffer, this.#fields.byteLength, chunkCount);
  }

  static create(chunkCount: number, lanes: readonly number[] = ONE_LANE): ChunkClaims {
    const fieldBytes = Int32Array.BYTES_PER_ELEMENT * (FIRST_LANE + lanes.length);
    return new ChunkClaims(new SharedArrayBuffer(fieldBytes + chunkCount), chunkCount, lanes);
  }

  /**
   * Claims a chunk that is not done.
   * @param thread  begins with the lane of this number and goes on with the others
   * @returns       -1 if no chunk is left or the job was stopped
   */
  claim(thread: number): number {
    const { length } = this.lanes;
    for (let i = 0; i < length; i++) {
      const chunk = this.#claimIn((thread + i) % length);
      if (chunk >= 0) return chunk;
    }
    return -1;
  }

  #claimIn(lane: number): number {
    const end = this.endOfLane(lane);
    while (!this.isStopped && this.claimedIn(lane) < end) {
      const chunk = at(this.lanes, lane) + Atomics.add(this.#fields, FIRST_LANE + lane, 1);
      if (chunk < end && !this.isDone(chunk)) return chunk;
    }
    return -1;
  }

  /** Chunks of the lane from this one on are unclaimed since the last rewind. */
  claimedIn(lane: number): number {
    const next = at(this.lanes, lane) + Atomics.load(this.#fields, FIRST_LANE + lane);
    return Math.min(next, this.endOfLane(lane));
  }

  endOfLane(lane: number): number {
    return lane + 1 < this.lanes.length ? at(this.lanes, lane + 1) : this.chunkCount;
  }

  /** Makes every chunk that is not done claimable again. Only while no thread works. */
  rewind(): void {
    for (const lane of this.lanes.keys()) Atomics.store(this.#fields, FIRST_LANE + lane, 0);
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
