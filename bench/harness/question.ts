/**
 * A bench: one question, and how it is answered.
 * @module
 */
import type { Answer } from './answer.js';
import type { Scale } from './scale.js';

export interface Question {
  readonly name: string;
  readonly asks: string;
  readonly answer: (scale: Scale) => Promise<Answer>;
}
