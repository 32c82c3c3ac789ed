/**
 * The areas of a thread's room for a wide matrix.
 * @module
 */
import { REFLECTIONS_PER_BLOCK, type OrthogonalMatrix } from '../../domain/matrices/orthogonal-matrix.js';
import { addBlocksAreas, type BlocksAreas } from './matrix-blocks-areas.js';
import { LINE_BYTES } from './matrix-modules.js';
import { rowBytes, type Precision } from './matrix-precision.js';
import type { Areas } from './matrix-room.js';

/** w and z of a strip, a line for each reflection of a block. */
export const FACTORS_BYTES = LINE_BYTES * REFLECTIONS_PER_BLOCK;

export interface WideAreas {
  readonly panelRows: number;
  readonly blocks: BlocksAreas;
  readonly strips: number;
  readonly w: number;
  readonly z: number;
  readonly rows: number;
}

/** Groups of lines are turned into rows as wholes: a strip has a few lines more than columns. */
export const stripBytes = ({ columns }: OrthogonalMatrix): number => LINE_BYTES * (columns + 4);

export function addWideAreas(
  areas: Areas,
  precision: Precision,
  matrix: OrthogonalMatrix,
  panelRows: number,
): WideAreas {
  const strips = Math.ceil(panelRows / precision.lanes);
  return {
    panelRows,
    blocks: addBlocksAreas(areas, precision, matrix),
    strips: areas.add(strips * stripBytes(matrix)),
    w: areas.add(strips * FACTORS_BYTES),
    z: areas.add(strips * FACTORS_BYTES),
    // The last row's end may be overwritten.
    rows: areas.add(precision.lanes * rowBytes(precision, matrix.columns) + LINE_BYTES),
  };
}
