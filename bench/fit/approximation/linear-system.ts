/**
 * Linear systems in fixed point.
 * @module
 */
import { at } from '#built/base/at.js';
import { divide, magnitude, multiply, type Fixed } from './fixed-point.js';

/** Solves a linear system, given as rows with the right-hand side last, by Gauss and Jordan. Changes the rows. */
export function solveLinear(rows: Fixed[][]): Fixed[] {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const pivotRow = findPivot(rows, column);
    const pivot = at(rows, pivotRow);
    rows[pivotRow] = at(rows, column);
    rows[column] = pivot;
    rows.forEach((row, r) => {
      if (r === column) return;
      const factor = divide(at(row, column), at(pivot, column));
      for (let c = column; c <= size; c++) row[c] = at(row, c) - multiply(factor, at(pivot, c));
    });
  }
  return rows.map((row, r) => divide(at(row, size), at(row, r)));
}

/** The row from `column` on with the largest entry in that column. */
function findPivot(rows: readonly Fixed[][], column: number): number {
  let best = column;
  for (let r = column + 1; r < rows.length; r++) {
    if (magnitude(at(at(rows, r), column)) > magnitude(at(at(rows, best), column))) best = r;
  }
  return best;
}
