/**
 * What orthogonal matrices need of memory that threads share.
 * @module
 */
import { sumOf } from '../../base/sum.js';
import type { Draw } from '../../domain/draws/draw.js';
import type { OrthogonalDraw } from '../../domain/draws/orthogonal-draw.js';
import { isTall } from '../../domain/matrices/orthogonal-matrix.js';
import { sharesWorkspace } from '../../domain/matrices/panels.js';
import { blockBytes, blockCount } from './matrix-blocks-areas.js';
import { DOUBLE, SINGLE, type Precision } from './matrix-precision.js';
import { countTallParts, tallStoreBytes } from './matrix-tall-store.js';

export const precisionOf = ({ dtype }: Pick<OrthogonalDraw, 'dtype'>): Precision =>
  dtype === 'float64' ? DOUBLE : SINGLE;

/** A workspace for one matrix: how many parts it has, and their bytes. */
export interface WorkspaceSize {
  readonly parts: number;
  readonly byteLength: number;
}

/** @returns  undefined for a matrix that threads do not share */
export function workspaceSize(draw: OrthogonalDraw): WorkspaceSize | undefined {
  const { matrix, dtype } = draw;
  if (!sharesWorkspace(matrix, dtype)) return undefined;
  const precision = precisionOf(draw);
  if (isTall(matrix)) {
    return { parts: countTallParts(precision, matrix).all, byteLength: tallStoreBytes(precision, matrix) };
  }
  const blocks = Array.from({ length: blockCount(matrix) }, (_, block) => block);
  return {
    parts: blocks.length,
    byteLength: sumOf(blocks, (block) => blockBytes(precision, matrix, block)),
  };
}

/** The orthogonal matrices of a draw. */
export function matricesOf(draw: Draw): readonly OrthogonalDraw[] {
  switch (draw.kind) {
    case 'orthogonal':
      return [draw];
    case 'pieces':
      return draw.pieces.flatMap(({ of }) => matricesOf(of));
    default:
      return [];
  }
}
