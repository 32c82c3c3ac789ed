/**
 * Resolves an orthogonal initialiser: one matrix, or a batch of independent ones, each from the words of its own elements.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { nameTensor, show } from '../../base/wording.js';
import { isNarrowDtype } from '../arithmetic/narrow-floats.js';
import { narrowFloatParameters } from '../kernels/narrow-float.js';
import { isTall, type OrthogonalMatrix } from '../matrices/orthogonal-matrix.js';
import { carrierOf, DTYPES, isOf } from '../tensors/dtypes.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import type { Distribution } from './distribution.js';
import type { Init } from './init.js';
import { readMatrices, type Matrices } from './matrix-axes.js';
import { resolveKernel } from './resolve-kernel.js';
import type { ResolvedDraw, ResolvedOrthogonal } from './resolved-draw.js';

export type OrthogonalInit = Extract<Init, { kind: 'orthogonal' }>;

/**
 * @param first  the element of the tensor that the form's shape begins with
 * @throws {ValueError} BAD_DTYPE: no float; BAD_SHAPE, BAD_OPTION: readMatrices; BAD_RANGE: a gain that the dtype cannot hold; TOO_LARGE:
 *   a tall matrix whose factor does not fit, or more than 65,536 matrices
 * @throws {NotImplementedError} axes in an order in which a matrix does not lie row by row
 */
export function resolveOrthogonal(init: OrthogonalInit, form: TensorForm, first = 0): ResolvedDraw {
  checkFloats(form);
  const matrices = readMatrices(form.shape, init, form.name);
  const { count, rows, columns } = matrices;
  const gain = checkGain(init.gain, matrices, form);
  if (gain === 0 || countElements(form.shape) === 0)
    return resolveKernel({ kind: 'constant', value: 0 }, form);
  checkFactor(matrices, form);
  checkCount(count, form);
  const size = rows * columns;
  const one = resolveMatrix({ rows, columns, gain, first }, form);
  if (count === 1) return one;
  const pieces = Array.from({ length: count }, (_, i) => ({
    end: first + (i + 1) * size,
    of: { ...one, matrix: { ...one.matrix, first: first + i * size } },
  }));
  return { kind: 'pieces', pieces };
}

/** Each matrix is a draw of its own, of some hundred bytes in each thread: a batch of experts or heads has hundreds. */
const MOST_MATRICES = 2 ** 16;

function checkCount(count: number, { shape, name }: TensorForm): void {
  if (count <= MOST_MATRICES) return;
  const found = `${nameTensor(name)}: shape ${show(shape)} is a batch of ${count} matrices.`;
  const remedy = `A tensor has ${MOST_MATRICES} orthogonal matrices at most: name fewer axes in batch_axis, or make several tensors.`;
  throw new ValueError('TOO_LARGE', found, remedy, { parameter: 'batch_axis' });
}

/** The normal that an entry is nearly: the larger the matrix, the nearer. For reports and warnings. */
export function describeOrthogonal(
  init: OrthogonalInit,
  { shape, name }: TensorForm,
): { readonly distribution: Distribution; readonly facts: { readonly std?: number } } {
  const matrices = readMatrices(shape, init, name);
  if (init.gain === 0 || countElements(shape) === 0)
    return { distribution: { kind: 'constant', value: 0 }, facts: {} };
  const std = entryStd(checkFinite(init.gain, 'gain', name), matrices);
  return { distribution: { kind: 'normal', mean: 0, std }, facts: { std } };
}

/** One matrix within a tensor of this form; the gain is rounded to its carrier. */
export function resolveMatrix(
  matrix: OrthogonalMatrix,
  { dtype }: Pick<TensorForm, 'dtype'>,
): ResolvedOrthogonal {
  const gain = carrierOf(dtype) === 'float64' ? matrix.gain : Math.fround(matrix.gain);
  const resolved = { kind: 'orthogonal', matrix: { ...matrix, gain } } as const;
  if (!isNarrowDtype(dtype)) return resolved;
  // Rounded to nearest: no bound keeps an entry from becoming the dtype's nearest to the gain.
  const { largest } = DTYPES[dtype];
  return { ...resolved, narrowing: { kind: 'float', ...narrowFloatParameters(dtype, -largest, largest) } };
}

/** Of an entry: each row of a wide matrix, and column of a tall one, is gain times a uniform point on a sphere. */
export const entryStd = (gain: number, { rows, columns }: Pick<Matrices, 'rows' | 'columns'>): number =>
  Math.abs(gain) / Math.sqrt(Math.max(rows, columns));

function checkFloats({ dtype, name }: TensorForm): void {
  if (isOf(dtype, 'float', 'half', 'float8')) return;
  const found = `${nameTensor(name)}: dtype is ${show(dtype)}.`;
  throw new ValueError(
    'BAD_DTYPE',
    found,
    'Orthogonal matrices are of floats: use float32, float64, or fewer bits.',
  );
}

/** 0 gives zeros, as torch's does; a negative gain is as good as a positive one. */
function checkGain(given: unknown, matrices: Matrices, { dtype, name }: TensorForm): number {
  const gain = checkFinite(given, 'gain', name);
  if (gain === 0) return gain;
  const refuse = (remedy: string): ValueError => badParameter('BAD_RANGE', 'gain', gain, name, remedy);
  if (Math.abs(gain) > DTYPES[dtype].largest)
    throw refuse(`A ${dtype} holds at most ${DTYPES[dtype].largest}.`);
  if (entryStd(gain, matrices) < DTYPES[dtype].leastStd)
    throw refuse(`As a ${dtype} so small a matrix has no precision left.`);
  return gain;
}

/** Bytes of the triangular factor of a tall matrix, columns^2 numbers: an array's limit in some engines. */
const FACTOR_BYTES = 2 ** 32;

function checkFactor({ rows, columns }: Matrices, { dtype, shape, name }: TensorForm): void {
  const bytes = columns ** 2 * DTYPES[carrierOf(dtype)].byteWidth;
  if (!isTall({ rows, columns }) || bytes <= FACTOR_BYTES) return;
  const found = `${nameTensor(name)}: shape ${show(shape)} is a tall matrix of ${columns} columns.`;
  const most = Math.floor(Math.sqrt(FACTOR_BYTES / DTYPES[carrierOf(dtype)].byteWidth));
  const remedy = `Each thread would need ${columns} x ${columns} numbers of memory: it has ${most} columns at most. Wide and square ones may be larger.`;
  throw new ValueError('TOO_LARGE', found, remedy);
}
