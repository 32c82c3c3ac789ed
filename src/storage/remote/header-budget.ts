/**
 * How much of a model's headers is read: each file may have 100 MB, an index may name a million, and memory holds several times as much.
 * @module
 */
import { ValueError } from '../../base/errors.js';

/** Of all files together: those of the largest models have 20 MB. */
export const MOST_HEADER_BYTES = 2 ** 27;

export class HeaderBudget {
  readonly #label: string;
  #leftBytes = MOST_HEADER_BYTES;

  /** @param label  of the checkpoint */
  constructor(label: string) {
    this.#label = label;
  }

  /** @throws {ValueError} TOO_LARGE: it is used up */
  take(byteLength: number): void {
    this.#leftBytes -= byteLength;
    if (this.#leftBytes >= 0) return;
    const found = `${this.#label} has more than ${MOST_HEADER_BYTES} bytes of headers.`;
    throw new ValueError('TOO_LARGE', found, 'No model has as many: download it, and pass its path.');
  }
}
