/**
 * A draw is the data that decides a tensor's values. Any range of its elements can be filled, anywhere and in any order, always with
 * the same bytes. It is plain data, so it crosses threads.
 * @module
 */
import { fillTorchRange } from '../torch/fill-torch-range.js';
import type { TorchDraw, TorchElements } from '../torch/torch-draw.js';
import { DTYPES, type Dtype, type ElementArray } from '../tensors/dtypes.js';
import { fillConstantRange, type ConstantDraw } from './constant-draw.js';
import { fillOrthogonalRange, type OrthogonalDraw } from './orthogonal-draw.js';
import { fillPackedRange, type PackedDraw } from './packed-draw.js';
import { cutByPieces, type Pieces } from './pieces.js';
import { fillPatternRange, type PatternDraw } from './pattern-draw.js';
import { fillSparseRange, type SparseDraw } from './sparse-draw.js';
import { fillStreamRange, type StreamDraw } from './stream-draw.js';

export type Draw =
  StreamDraw | ConstantDraw | TorchDraw | PatternDraw | SparseDraw | OrthogonalDraw | PackedDraw | PiecesDraw;

/** Ranges of elements, each with a draw of its own. Element numbers are the tensor's in all of them. */
export interface PiecesDraw extends Pieces<Draw> {
  readonly dtype: Dtype;
}

/**
 * Fills `out` with elements start to start + out.length - 1 of the draw: the scalar specification.
 * @param start  element of the logical tensor, 0 to 2^53 - 1
 * @param out    shape [n] of the draw's dtype, overwritten
 */
export function fillRange(draw: Draw, start: number, out: ElementArray): void {
  switch (draw.kind) {
    case 'stream':
      fillStreamRange(draw, start, out);
      break;
    case 'constant':
      fillConstantRange(draw, out);
      break;
    case 'torch':
      fillTorchRange(draw, start, out as TorchElements);
      break;
    case 'orthogonal':
      fillOrthogonalRange(draw, start, out);
      break;
    case 'pattern':
      fillPatternRange(draw, start, out);
      break;
    case 'sparse':
      fillSparseRange(draw, start, out);
      break;
    case 'packed':
      fillPackedRange(draw, start, out as Int32Array);
      break;
    case 'pieces':
      fillPieces(draw, start, out);
      break;
  }
}

function fillPieces(draw: PiecesDraw, start: number, out: ElementArray): void {
  // An array of bytes holds elements of another width.
  const step = DTYPES[draw.dtype].byteWidth / out.BYTES_PER_ELEMENT;
  cutByPieces(draw, start, out.length / step, (piece, first, count) => {
    fillRange(piece, first, out.subarray(step * (first - start), step * (first - start + count)));
  });
}

/** Checks whether a draw, or a piece of it, follows the one sequence of its generator. */
export const followsSequence = (draw: Draw): boolean =>
  draw.kind === 'pieces' ? draw.pieces.some((piece) => followsSequence(piece.of)) : draw.kind === 'torch';
