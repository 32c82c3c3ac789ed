/**
 * Resolves sparse: normals, and the same number of zeros in each column.
 *
 * Source: torch.nn.init.sparse_ (torch/nn/init.py), after Martens, "Deep learning via Hessian-free optimization", ICML 2010.
 * @module
 */
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { KEY_WORDS } from '../draws/sparse-keys.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import type { Init } from './init.js';
import { resolveKernel } from './resolve-kernel.js';
import { refuseShape } from './resolve-pattern.js';
import type { ResolvedDraw } from './resolved-draw.js';

type SparseInit = Extract<Init, { kind: 'sparse' }>;

/** The digits of a row have 16 bits each; keys are elements of streams. */
const MOST_ROWS = 2 ** 32;
const MOST_COLUMNS = 2 ** 53 / KEY_WORDS;

/**
 * @param first  the element of the tensor that the matrix begins with
 * @throws {ValueError} BAD_SHAPE: not a matrix, or too large; BAD_RANGE: a sparsity that is no share, a std that the dtype cannot hold;
 *   BAD_DTYPE
 */
export function resolveSparse({ sparsity, std }: SparseInit, form: TensorForm, first: number): ResolvedDraw {
  const { shape, name } = form;
  const [rows, columns, ...more] = shape;
  if (rows === undefined || columns === undefined || more.length > 0)
    throw refuseShape(form, 'sparse is a matrix: it has 2.');
  if (rows > MOST_ROWS || columns > MOST_COLUMNS)
    throw refuseShape(form, 'sparse has at most 2^32 rows and 2^49 columns.');
  const share = checkFinite(sparsity, 'sparsity', name);
  if (share < 0 || share > 1)
    throw badParameter('BAD_RANGE', 'sparsity', sparsity, name, 'It is the share of zeros, from 0 to 1.');
  const values = resolveKernel({ kind: 'normal', mean: 0, std }, form);
  if (values.kind === 'constant' || countElements(shape) === 0) return values;
  return { kind: 'sparse', values, choice: { rows, columns, zeros: Math.ceil(share * rows) }, first };
}
