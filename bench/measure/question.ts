/**
 * A bench: one question, and how it is answered.
 * @module
 */
import type { Answer } from './answer.js';
import type { Scale } from './scale.js';

export interface Question {
  readonly name: string;
  readonly asks: string;
  /** Takes too much of the machine to be asked unless it is named. */
  readonly isOnRequest?: boolean;
  readonly answer: (scale: Scale) => Promise<Answer>;
}
