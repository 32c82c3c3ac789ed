/**
 * What a tensor of a spec is assigned: an initialiser and a dtype, the bytes of another tensor, or nothing.
 * @module
 */
import type { ParsedOrigin, ParsedRule } from './model-spec.js';

/** A value, and the path in the spec that it comes from: errors name it. */
export interface Assigned<T> {
  readonly value: T;
  readonly where: string;
  /** The rule that it comes from. */
  readonly rule?: ParsedRule | undefined;
}

/** A tensor, and what it is assigned: an initialiser, the bytes of another, or nothing. */
export type Assignment = DrawnAssignment | TiedAssignment | SkippedAssignment;

/** A tensor that is listed. */
export interface Listed {
  /** As it is listed: ties and fans of other tensors refer to it. */
  readonly name: string;
  readonly shape: readonly unknown[];
  /** The tensor's own path: `tensors[3]`. */
  readonly where: string;
  /** `tensors[3].shape`, or that of a rule. */
  readonly shapePath: string;
}

export interface DrawnAssignment extends Listed {
  readonly kind: 'drawn';
  /** The name that it is written by. */
  readonly written: string;
  readonly init: Assigned<object>;
  /** Undefined for the initialiser's default. */
  readonly dtype: Assigned<string> | undefined;
  readonly origin: ParsedOrigin;
  /** The name whose streams it draws from, if not its own. */
  readonly stream: string | undefined;
}

/** No rule gives it an initialiser or a dtype, nor does the default. */
export interface TiedAssignment extends Listed {
  readonly kind: 'tied';
  readonly written: string;
  readonly sameAs: string;
  /** Only if the tensor itself has one. */
  readonly dtype: Assigned<string> | undefined;
}

/** Left out: only its shape counts, for the fans of others. */
export interface SkippedAssignment extends Listed {
  readonly kind: 'skipped';
  /** Of the rule that says so. */
  readonly rule: number;
}
