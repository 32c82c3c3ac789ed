/**
 * The modules of SIMD code for matrices (workers/simd, AssemblyScript): their names and what each exports.
 * @module
 */

export const MATRIX_MODULES = ['matrix', 'matrix64'] as const;

export type MatrixModule = (typeof MATRIX_MODULES)[number];

/** Numbers that lie side by side in the lanes, 64 bytes: 16 of float32, 8 of float64. */
export const LINE_BYTES = 64;

/**
 * `outs` lines of sums, `toStep` apart, each of `terms` products: of a number of `left`, which all lanes share (`leftStep` from one
 * line of sums to the next, `termStep` from term to term), and a line of `right`. All of these are addresses and bytes.
 */
export type Products = (
  to: number,
  toStep: number,
  outs: number,
  left: number,
  leftStep: number,
  termStep: number,
  right: number,
  rightStep: number,
  terms: number,
) => void;

/** The exports of workers/simd/matrix.ts, and of matrix64.ts. */
export interface MatrixExports {
  readonly addProducts: Products;
  readonly subtractProducts: Products;
  scale(at: number, lines: number, factor: number): void;
  /** factor * (0 - x). */
  negateAndScale(at: number, lines: number, factor: number): void;
  /** `count` lines, one after the other, become as many numbers of each of a line's rows; some more may be overwritten. */
  linesToRows(rows: number, rowStep: number, lines: number, count: number): void;
  /** The reverse. */
  rowsToLines(lines: number, rows: number, rowStep: number, count: number): void;
  /** Copies `count` lines of each of `rowCount` rows to as many strips, which have a line for each row. */
  rowsToStrips(
    strips: number,
    stripStep: number,
    rows: number,
    rowStep: number,
    rowCount: number,
    count: number,
  ): void;
}

/** The exports of each module. */
export interface MatrixModuleExports {
  readonly matrix: MatrixExports;
  readonly matrix64: MatrixExports;
}
