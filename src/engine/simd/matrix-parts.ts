/**
 * Parts of a matrix's work that threads share: each is made once, by whichever thread claims it, and copied by the others. Claims
 * are hints: whoever makes a part makes the same bytes, so a thread that has waited too long for a part makes it for itself.
 * @module
 */

const EMPTY = 0;
const CLAIMED = 1;
const MADE = 2;

/** A thread waits for another's part as long as four of its own took, and at least so long. */
const LEAST_PATIENCE_MS = 400;
const PATIENCE = 4;
/** Between looks at whether the job was stopped. */
const WAIT_MS = 50;

/** How a part is made: in the thread's own memory, then copied to where all threads see it. */
export interface PartWork {
  make(part: number): void;
  publish(part: number): void;
}

export class Parts {
  readonly #states: Int32Array;
  #longestMs = 0;

  /** @param states  one for each part, 0 at first; shared, unless one thread works alone */
  constructor(
    states: Int32Array,
    readonly checkRunning: () => void,
  ) {
    this.#states = states;
  }

  /** Makes parts that nobody has claimed, in the given order. */
  makeUnclaimed(parts: Iterable<number>, work: PartWork): void {
    for (const part of parts) {
      if (Atomics.compareExchange(this.#states, part, EMPTY, CLAIMED) === EMPTY) this.#make(part, work);
    }
  }

  /** Returns once the part is published: waits for the thread that makes it, or makes it. */
  ensure(part: number, work: PartWork): void {
    if (Atomics.load(this.#states, part) === MADE) return;
    if (Atomics.compareExchange(this.#states, part, EMPTY, CLAIMED) !== EMPTY && this.#isMadeInTime(part))
      return;
    this.#make(part, work);
  }

  #make(part: number, work: PartWork): void {
    this.checkRunning();
    const begin = performance.now();
    work.make(part);
    work.publish(part);
    this.#longestMs = Math.max(this.#longestMs, performance.now() - begin);
    Atomics.store(this.#states, part, MADE);
    Atomics.notify(this.#states, part);
  }

  #isMadeInTime(part: number): boolean {
    const patienceMs = Math.max(LEAST_PATIENCE_MS, PATIENCE * this.#longestMs);
    for (const begin = performance.now(); performance.now() - begin < patienceMs;) {
      if (Atomics.load(this.#states, part) === MADE) return true;
      this.checkRunning();
      Atomics.wait(this.#states, part, CLAIMED, WAIT_MS);
    }
    return Atomics.load(this.#states, part) === MADE;
  }
}
