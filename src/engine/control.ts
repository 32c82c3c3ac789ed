/**
 * Control words: what the coordinator and the shifts of one job share. Claims, stop flag, done marks and the shifts'
 * states live in shared memory, so that progress and abort cost no messages.
 * @module
 */

const NEXT_CHUNK = 0;
const STOP = 1;
const FIRST_SHIFT = 2;

/** Where a shift stands. A shift whose thread died is set to ENDED by the coordinator. */
const WAITING = 0;
const RUNNING = 1;
const ENDED = 2;

export class ControlWords {
  readonly #words: Int32Array;
  /** One byte a chunk: 1 when its last element is written. */
  readonly #marks: Uint8Array;

  constructor(
    readonly buffer: SharedArrayBuffer,
    readonly chunkCount: number,
  ) {
    const marksOffset = buffer.byteLength - chunkCount;
    this.#words = new Int32Array(buffer, 0, Math.floor(marksOffset / 4));
    this.#marks = new Uint8Array(buffer, marksOffset, chunkCount);
  }

  static create(chunkCount: number, shifts: number): ControlWords {
    return new ControlWords(new SharedArrayBuffer(4 * (FIRST_SHIFT + shifts) + chunkCount), chunkCount);
  }

  /** The next chunk that is not done, or -1 when none is left or the job was stopped. */
  claim(): number {
    while (Atomics.load(this.#words, STOP) === 0) {
      const chunk = Atomics.add(this.#words, NEXT_CHUNK, 1);
      if (chunk >= this.chunkCount) return -1;
      if (!this.isDone(chunk)) return chunk;
    }
    return -1;
  }

  /** Chunks from this one on have not been claimed in this round. */
  get claimed(): number {
    return Math.min(Atomics.load(this.#words, NEXT_CHUNK), this.chunkCount);
  }

  markDone(chunk: number): void {
    Atomics.store(this.#marks, chunk, 1);
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
    Atomics.store(this.#words, NEXT_CHUNK, 0);
  }

  /** Before the first look at the stop flag: whoever stops a job and sees no shift running knows that none will write. */
  beginShift(shift: number): void {
    Atomics.store(this.#words, FIRST_SHIFT + shift, RUNNING);
  }

  endShift(shift: number): void {
    Atomics.store(this.#words, FIRST_SHIFT + shift, ENDED);
  }

  resetShift(shift: number): void {
    Atomics.store(this.#words, FIRST_SHIFT + shift, WAITING);
  }

  get isAnyShiftRunning(): boolean {
    return this.#words
      .subarray(FIRST_SHIFT)
      .some((_, shift) => Atomics.load(this.#words, FIRST_SHIFT + shift) === RUNNING);
  }
}
