/**
 * How large the blocks of a wide matrix's reflections are, in a workspace and in a thread's room.
 * @module
 */
import { REFLECTIONS_PER_BLOCK, type OrthogonalMatrix } from '../../domain/matrices/orthogonal-matrix.js';
import { LINE_BYTES } from './matrix-modules.js';
import { rowBytes, type Precision } from './matrix-precision.js';
import type { Areas } from './matrix-room.js';

export const blockCount = ({ rows }: OrthogonalMatrix): number => Math.ceil(rows / REFLECTIONS_PER_BLOCK);

/** T and the signs, before the vectors. */
export const headBytes = ({ bytes }: Precision): number =>
  bytes * REFLECTIONS_PER_BLOCK * (REFLECTIONS_PER_BLOCK + 1);

export const vectorCount = ({ rows }: OrthogonalMatrix, block: number): number =>
  Math.min(REFLECTIONS_PER_BLOCK, rows - block * REFLECTIONS_PER_BLOCK);

export const blockBytes = (precision: Precision, matrix: OrthogonalMatrix, block: number): number =>
  headBytes(precision) +
  vectorCount(matrix, block) * rowBytes(precision, matrix.columns - block * REFLECTIONS_PER_BLOCK);

/** Where each block begins in a workspace. */
export function blockOffsets(precision: Precision, matrix: OrthogonalMatrix): readonly number[] {
  let offset = 0;
  return Array.from({ length: blockCount(matrix) }, (_, block) => {
    const begin = offset;
    offset += blockBytes(precision, matrix, block);
    return begin;
  });
}

/** Rows of normals are drawn together up to so many numbers: a range that begins within a block of a stream costs microseconds. */
const RUN_LENGTH = 2 ** 18;

export interface BlocksAreas {
  readonly block: number;
  readonly run: number;
  readonly runRows: number;
  readonly lines: number;
  readonly gram: number;
}

export function addBlocksAreas(areas: Areas, precision: Precision, matrix: OrthogonalMatrix): BlocksAreas {
  const runRows = Math.max(1, Math.min(REFLECTIONS_PER_BLOCK, Math.floor(RUN_LENGTH / matrix.columns)));
  return {
    // Vectors are turned into lines in whole groups of lanes: rows beyond the last are read, not used.
    block: areas.add(headBytes(precision) + REFLECTIONS_PER_BLOCK * rowBytes(precision, matrix.columns)),
    run: areas.add(precision.bytes * runRows * matrix.columns),
    runRows,
    lines: areas.add(LINE_BYTES * (matrix.columns + precision.lanes)),
    gram: areas.add(precision.bytes * REFLECTIONS_PER_BLOCK ** 2),
  };
}
