/**
 * The areas of a thread's room for a tall matrix.
 * @module
 */
import {
  REFLECTIONS_PER_BLOCK,
  SEGMENT_LENGTH,
  type OrthogonalMatrix,
} from '../../domain/matrices/orthogonal-matrix.js';
import { LINE_BYTES } from './matrix-modules.js';
import { rowBytes, type Precision } from './matrix-precision.js';
import type { Areas } from './matrix-room.js';
import { COLUMN_STRIPS, columnsOfPart, SUM_ROWS } from './matrix-tall-store.js';

/** Addresses. */
export interface TallAreas {
  readonly panelRows: number;
  /** Rows of V, as they are drawn. */
  readonly vectors: number;
  /** The same as strips of a segment. */
  readonly strips: number;
  /** The rows that are made. */
  readonly rows: number;
  /** A strip of M. */
  readonly lines: number;
  /** Rows of G. */
  readonly g: number;
  /** Columns of M. */
  readonly m: number;
  /** Doubles, of as many columns as there are rows of G. */
  readonly tails: number;
  readonly diagonals: number;
}

export function addTallAreas(
  areas: Areas,
  precision: Precision,
  matrix: OrthogonalMatrix,
  panelRows: number,
): TallAreas {
  const { columns } = matrix;
  const vectorRows = Math.max(panelRows, SEGMENT_LENGTH, columnsOfPart(precision));
  const strips = Math.ceil(columns / precision.lanes);
  return {
    panelRows,
    // Lines are read whole, and lines in groups, so some numbers after the last are read, too.
    vectors: areas.add(vectorRows * columns * precision.bytes + LINE_BYTES),
    strips: areas.add(strips * SEGMENT_LENGTH * LINE_BYTES),
    rows: areas.add(panelRows * rowBytes(precision, columns)),
    lines: areas.add(LINE_BYTES * (columns + precision.lanes)),
    g: areas.add(Math.max(SUM_ROWS, REFLECTIONS_PER_BLOCK) * rowBytes(precision, columns)),
    m: areas.add(COLUMN_STRIPS * columns * LINE_BYTES),
    tails: areas.add(8 * SUM_ROWS),
    diagonals: areas.add(8 * SUM_ROWS),
  };
}
