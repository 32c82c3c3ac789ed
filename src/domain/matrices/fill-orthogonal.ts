/**
 * Any range of an orthogonal matrix's elements: the rows that it touches, in panels.
 * @module
 */
import { FLOAT32, FLOAT64, type Carrier } from './carrier.js';
import { fillTallRows } from './fill-tall.js';
import { fillWideRows } from './fill-wide.js';
import { isTall, type CarrierArray, type DrawNormals, type OrthogonalMatrix } from './orthogonal-matrix.js';
import { factorTall, type TallFactor } from './tall-factor.js';

/** Rows whose reflections are made together: making them costs a few rows' products. Bytes do not depend on it. */
const PANEL_ROWS = 128;

type FillRows<A extends CarrierArray> = (firstRow: number, out: A) => void;

/**
 * Opens a matrix, so that ranges of one tall matrix share its factor: it is made when the first row is asked for.
 * @returns fills `out` with elements `start` to start + out.length - 1 of the matrix, counted from its own first one
 */
export function openOrthogonal32(
  matrix: OrthogonalMatrix,
  drawNormals: DrawNormals<Float32Array>,
): (start: number, out: Float32Array) => void {
  const fillRows = openRows(FLOAT32, matrix, drawNormals);
  return (start, out) => {
    fillElements(FLOAT32, matrix, fillRows, start, out);
  };
}

/** The same in float64. */
export function openOrthogonal64(
  matrix: OrthogonalMatrix,
  drawNormals: DrawNormals<Float64Array>,
): (start: number, out: Float64Array) => void {
  const fillRows = openRows(FLOAT64, matrix, drawNormals);
  return (start, out) => {
    fillElements(FLOAT64, matrix, fillRows, start, out);
  };
}

function openRows<A extends CarrierArray>(
  carrier: Carrier<A>,
  matrix: OrthogonalMatrix,
  drawNormals: DrawNormals<A>,
): FillRows<A> {
  if (!isTall(matrix))
    return (firstRow, out) => {
      fillWideRows(carrier, matrix, drawNormals, firstRow, out);
    };
  let factor: TallFactor<A> | undefined;
  return (firstRow, out) => {
    factor ??= factorTall(carrier, matrix, drawNormals);
    fillTallRows(carrier, matrix, factor, drawNormals, firstRow, out);
  };
}

function fillElements<A extends CarrierArray>(
  carrier: Carrier<A>,
  { columns }: OrthogonalMatrix,
  fillRows: FillRows<A>,
  start: number,
  out: A,
): void {
  const end = start + out.length;
  for (let element = start; element < end;) {
    const row = Math.floor(element / columns);
    const count = Math.min(PANEL_ROWS, Math.ceil(end / columns) - row);
    const panel = carrier.make(count * columns);
    fillRows(row, panel);
    const next = Math.min(end, (row + count) * columns);
    out.set(panel.subarray(element - row * columns, next - row * columns), element - start);
    element = next;
  }
}
