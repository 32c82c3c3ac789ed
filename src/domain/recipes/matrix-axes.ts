/**
 * How a shape is read as a matrix, or as a batch of them: the axes of outputs against all others that are not of the batch. A matrix
 * must lie in the tensor row by row, one after the other, so that a row is a range of elements.
 *
 * torch.nn.init.orthogonal_ flattens the first axis against the rest; Keras's Orthogonal, and JAX's by its default `column_axis`,
 * all but the last against the last.
 * @module
 */
import { at } from '../../base/at.js';
import { NotImplementedError, ValueError } from '../../base/errors.js';
import { badParameter } from '../../base/parameter-checks.js';
import { nameTensor, show } from '../../base/wording.js';
import { checkRoles, countAxes, type Axes } from './axes.js';
import type { ShapeLayout } from './fans.js';

export interface MatrixAxes {
  /** Which axis is the outputs' if it is left out: the first, or the last. */
  readonly layout: ShapeLayout;
  readonly in_axis?: Axes | undefined;
  readonly out_axis?: Axes | undefined;
  readonly batch_axis?: Axes | undefined;
}

export interface Matrices {
  /** The number of matrices, one after the other. */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * @throws {ValueError} BAD_SHAPE: fewer than 2 dimensions beside the batch's; BAD_OPTION: not an axis, or one with two roles
 * @throws {NotImplementedError} axes in an order in which a matrix does not lie row by row
 */
export function readMatrices(shape: readonly number[], axes: MatrixAxes, name: string | undefined): Matrices {
  const batch = countAxes(axes.batch_axis ?? [], 'batch_axis', shape, name);
  const others = [...shape.keys()].filter((axis) => !batch.includes(axis));
  if (others.length < 2) {
    const found = `${nameTensor(name)}: shape ${show(shape)} has ${others.length} dimension${others.length === 1 ? '' : 's'}`;
    const beside = batch.length > 0 ? ' beside the batch' : '';
    throw new ValueError('BAD_SHAPE', `${found}${beside}.`, 'An orthogonal matrix needs 2 or more.');
  }
  const outputs =
    axes.out_axis === undefined
      ? [at(others, axes.layout === 'torch' ? 0 : others.length - 1)]
      : countAxes(axes.out_axis, 'out_axis', shape, name);
  const given = countAxes(axes.in_axis ?? [], 'in_axis', shape, name);
  checkRoles({ in_axis: given, out_axis: outputs, batch_axis: batch }, shape, name);
  const inputs = others.filter((axis) => !outputs.includes(axis));
  if (outputs.length === 0 || inputs.length === 0)
    throw badParameter(
      'BAD_OPTION',
      'out_axis',
      axes.out_axis,
      name,
      'Leave an axis to the inputs, and name one.',
    );
  checkOrder(shape, { batch, outputs, inputs }, name);
  const product = (chosen: readonly number[]): number =>
    chosen.reduce((result, axis) => result * at(shape, axis), 1);
  const [leading, trailing] = precedes(outputs, inputs, shape) ? [outputs, inputs] : [inputs, outputs];
  return { count: product(batch), rows: product(leading), columns: product(trailing) };
}

interface Roles {
  readonly batch: readonly number[];
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
}

/** An axis of size 1 may lie anywhere. */
const isLong = (shape: readonly number[]) => (axis: number) => shape[axis] !== 1;

function precedes(a: readonly number[], b: readonly number[], shape: readonly number[]): boolean {
  const first = (axes: readonly number[]): number => Math.min(...axes);
  const long = isLong(shape);
  const [longA, longB] = [a.filter(long), b.filter(long)];
  return longA.length > 0 && longB.length > 0 ? first(longA) < first(longB) : first(a) < first(b);
}

function checkOrder(
  shape: readonly number[],
  { batch, outputs, inputs }: Roles,
  name: string | undefined,
): void {
  const order = [batch, ...(precedes(outputs, inputs, shape) ? [outputs, inputs] : [inputs, outputs])]
    .flatMap((axes) => [...axes].sort((a, b) => a - b))
    .filter(isLong(shape));
  if (order.every((axis, i) => i === 0 || at(order, i - 1) < axis)) return;
  const found = `${nameTensor(name)}: in shape ${show(shape)} the axes [${outputs.join(', ')}] of outputs lie among those of inputs or batch.`;
  const remedy =
    'A matrix must lie row by row: the axes of the batch first, then all of outputs or all of inputs. Store the tensor transposed.';
  throw new NotImplementedError(found, remedy, { parameter: 'out_axis' });
}
