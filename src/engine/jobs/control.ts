/**
 * Control words: what the coordinator and the shifts of one job share. Claims, stop flag, done marks and the shifts'
 * states live in shared memory, so that progress and abort cost no messages.
 * @module
 */

const STOP = 0;
/** Words of the lanes come first, then those of the shifts, then the marks. */
const FIRST_LANE = 1;

/** Of a plan whose chunks are claimed in their order. */
const ONE_LANE: readonly number[] = [0];

/** Where a shift stands. A shift whose thread died is set to ENDED by the coordinator. */
const WAITING = 0;
const RUNNING = 1;
const ENDED = 2;

export class ControlWords {
  readonly #words: Int32Array;
  /** One byte a chunk: 1 when its last element is written. */
  readonly #marks: Uint8Array;
  readonly #firstShift: number;

  /** @param lanes  the first chunk of each, in order */
  constructor(
    readonly buffer: SharedArrayBuffer,
    readonly chunkCount: number,
    readonly lanes: readonly number[] = ONE_LANE,
  ) {
    const marksOffset = buffer.byteLength - chunkCount;
    this.#words = new Int32Array(buffer, 0, Math.floor(marksOffset / 4));
    this.#marks = new Uint8Array(buffer, marksOffset, chunkCount);
    this.#firstShift = FIRST_LANE + lanes.length;
  }

  static create(chunkCount: number, shifts: number, lanes: readonly number[] = ONE_LANE): ControlWords {
    const words = FIRST_LANE + lanes.length + shifts;
    return new ControlWords(new SharedArrayBuffer(4 * words + chunkCount), chunkCount, lanes);
  }

  /** The next chunk that is not done, of the shift's own lane as long as there is one, or -1: none is left, or the job was stopped. */
  claim(shift: number): number {
    const { length } = this.lanes;
    for (let i = 0; i < length; i++) {
      const chunk = this.#claimIn((shift + i) % length);
      if (chunk >= 0) return chunk;
    }
    return -1;
  }

  #claimIn(lane: number): number {
    const end = this.endOfLane(lane);
    while (Atomics.load(this.#words, STOP) === 0 && this.claimedIn(lane) < end) {
      const chunk = this.#firstIn(lane) + Atomics.add(this.#words, FIRST_LANE + lane, 1);
      if (chunk < end && !this.isDone(chunk)) return chunk;
    }
    return -1;
  }

  /** Chunks of the lane from this one on have not been claimed in this round. */
  claimedIn(lane: number): number {
    const next = this.#firstIn(lane) + Atomics.load(this.#words, FIRST_LANE + lane);
    return Math.min(next, this.endOfLane(lane));
  }

  #firstIn(lane: number): number {
    return this.lanes[lane] ?? this.chunkCount;
  }

  endOfLane(lane: number): number {
    return this.#firstIn(lane + 1);
  }

  markDone(chunk: number): void {
    Atomics.store(this.#marks, chunk, 1);
  }

  /** Before the job runs: what was recorded of the chunk no longer holds. */
  markUndone(chunk: number): void {
    Atomics.store(this.#marks, chunk, 0);
  }

  isDone(chunk: number): boolean {
    return Atomics.load(this.#marks, chunk) === 1;
  }

  /** Chunks that are not done. */
  countLeft(): number {
    let left = 0;
    for (let chunk = 0; chunk < this.chunkCount; chunk++) if (!this.isDone(chunk)) left++;
    return left;
  }

  /** No chunk is claimed from now on; those being filled are finished. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1);
  }

  /** Makes every chunk that is not done claimable again. Only while no shift runs. */
  rewind(): void {
    for (const lane of this.lanes.keys()) Atomics.store(this.#words, FIRST_LANE + lane, 0);
  }

  /** Before the first look at the stop flag: whoever stops a job and sees no shift running knows that none will write. */
  beginShift(shift: number): void {
    Atomics.store(this.#words, this.#firstShift + shift, RUNNING);
  }

  endShift(shift: number): void {
    Atomics.store(this.#words, this.#firstShift + shift, ENDED);
  }

  resetShift(shift: number): void {
    Atomics.store(this.#words, this.#firstShift + shift, WAITING);
  }

  get isAnyShiftRunning(): boolean {
    return this.#words
      .subarray(this.#firstShift)
      .some((_, shift) => Atomics.load(this.#words, this.#firstShift + shift) === RUNNING);
  }
}
