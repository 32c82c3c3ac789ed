/**
 * A draw of an orthogonal matrix from streams of its own: its normals are those that `normal` draws with the same root, its values
 * domain/matrices'. Narrower dtypes take the float32 matrix, rounded once: it is orthogonal to within their precision.
 * @module
 */
import { narrow, type Narrowing } from '../kernels/narrowing.js';
import { normalParameters } from '../kernels/normal.js';
import { normal64Parameters } from '../kernels/normal64.js';
import { openOrthogonal32, openOrthogonal64 } from '../matrices/fill-orthogonal.js';
import type { CarrierArray, OrthogonalMatrix } from '../matrices/orthogonal-matrix.js';
import type { StreamState } from '../streams/generator.js';
import { carrierOf, type Dtype, type ElementArray } from '../tensors/dtypes.js';
import { fillStreamRange, type StreamDraw } from './stream-draw.js';

export interface OrthogonalDraw {
  readonly kind: 'orthogonal';
  readonly dtype: Dtype;
  readonly root: StreamState;
  readonly matrix: OrthogonalMatrix;
  /** For dtypes narrower than float32. */
  readonly narrowing?: Narrowing | undefined;
}

type Fill = (start: number, out: ElementArray) => void;

/** Tall matrices have a factor that all ranges need: it lives as long as its draw. */
const opened = new WeakMap<OrthogonalDraw, Fill>();

/**
 * Fills `out` with elements start to start + out.length - 1 of the tensor.
 * @param start  element of the tensor, not of the matrix, which begins at `matrix.first`
 * @param out    shape [n], within the matrix, overwritten
 */
export function fillOrthogonalRange(draw: OrthogonalDraw, start: number, out: ElementArray): void {
  let fill = opened.get(draw);
  if (fill === undefined) opened.set(draw, (fill = openDraw(draw)));
  fill(start - draw.matrix.first, out);
}

/** The standard normals of the draw's words, in the matrix's carrier. */
export const normalsOf = ({ dtype, root }: OrthogonalDraw): StreamDraw =>
  carrierOf(dtype) === 'float64'
    ? { kind: 'stream', dtype: 'float64', root, kernel: normal64Parameters(0, 1) }
    : { kind: 'stream', dtype: 'float32', root, kernel: normalParameters(0, 1) };

function openDraw(draw: OrthogonalDraw): Fill {
  const { dtype, matrix, narrowing } = draw;
  const normals = normalsOf(draw);
  const drawNormals = (first: number, out: CarrierArray): void => {
    fillStreamRange(normals, first, out);
  };
  if (dtype === 'float64') {
    const fill = openOrthogonal64(matrix, drawNormals);
    return (start, out) => {
      fill(start, out as Float64Array);
    };
  }
  const fill = openOrthogonal32(matrix, drawNormals);
  return (start, out) => {
    if (out instanceof Float32Array) {
      fill(start, out);
      return;
    }
    if (narrowing === undefined) throw new TypeError(`No orthogonal matrix has dtype ${dtype}`);
    const values = new Float32Array(out.length);
    fill(start, values);
    narrow(out, values, narrowing);
  };
}
