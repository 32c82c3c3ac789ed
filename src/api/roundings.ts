/**
 * Stochastic roundings that were done before: with the same words, a value that is rounded again and again goes the same way each time,
 * and the average is not what rounding by chance is for.
 * @module
 */
import { nameTensor } from '../base/wording.js';

let isWarned = false;

export class Roundings {
  /** Of each name the last one: those of a tensor differ in the iteration, and may be millions. */
  readonly #last = new Map<string, string>();

  /** @param words  what chooses them, beside the name */
  note(name: string, words: string): void {
    if (isWarned) return;
    if (this.#last.get(name) === words) warn(name);
    this.#last.set(name, words);
  }
}

function warn(name: string): void {
  isWarned = true;
  const found = `${nameTensor(name)} is rounded stochastically with the words of the last time: the same values go the same way.`;
  const remedy = 'Pass { iteration: 1 }, 2 and so on for fresh ones. This is said once.';
  process.emitWarning(`${found} ${remedy}`, { code: 'JUMPFILL_SAME_WORDS' });
}
