/**
 * Notices a stochastic rounding that repeats the last one's random words: the same values would then be rounded the same way each
 * time, and errors would not average out.
 * @module
 */
import { nameTensor } from '../base/wording.js';

let isWarned = false;

export class Roundings {
  /** The last rounding of each name only: a tensor may be rounded millions of times. */
  readonly #last = new Map<string, string>();

  /** @param words  seed, offset and call, which choose the words together with the name */
  note(name: string, words: string): void {
    if (isWarned) return;
    if (this.#last.get(name) === words) warn(name);
    this.#last.set(name, words);
  }
}

function warn(name: string): void {
  isWarned = true;
  const found = `${nameTensor(name)} is rounded stochastically with the same random words as the last time: equal values are rounded the same way.`;
  const remedy = 'Pass { call: 1 }, 2 and so on for fresh ones. This warning appears once.';
  process.emitWarning(`${found} ${remedy}`, { code: 'JUMPFILL_SAME_WORDS' });
}
