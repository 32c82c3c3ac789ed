/**
 * The states of a job's shifts, in shared memory: the coordinator sees which shifts still write without asking their threads.
 * @module
 */

/** The coordinator sets the state of a shift whose thread died to `ended`. */
const STATES = { waiting: 0, running: 1, ended: 2 } as const;

export class ShiftStates {
  readonly #states: Int32Array;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.#states = new Int32Array(buffer);
  }

  static create(shifts: number): ShiftStates {
    return new ShiftStates(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * shifts));
  }

  /**
   * Call it before the shift first checks the stop flag: a thread that stops the job and sees no shift running then knows that none will
   * write.
   */
  begin(shift: number): void {
    Atomics.store(this.#states, shift, STATES.running);
  }

  end(shift: number): void {
    Atomics.store(this.#states, shift, STATES.ended);
  }

  reset(shift: number): void {
    Atomics.store(this.#states, shift, STATES.waiting);
  }

  get isAnyRunning(): boolean {
    return this.#states.some((_, shift) => Atomics.load(this.#states, shift) === STATES.running);
  }
}
