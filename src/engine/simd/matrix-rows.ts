/**
 * Rows of a matrix in a thread's room.
 * @module
 */

/** Rows that were made together, a panel, until the next one is made. */
export interface MatrixRows {
  /** How many rows are worth making together, at most; panels begin at multiples of it. */
  readonly panelRows: number;
  /** Makes rows first to end - 1: a panel's, or some of them. */
  make(first: number, end: number): void;
  /** @returns the address of a row's numbers, until the next call */
  row(index: number): number;
}
