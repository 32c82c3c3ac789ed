/**
 * Fans of a shape whose axes have been named: which of them are inputs, outputs and a batch of tensors that lie in one, such as the experts
 * of a layer. The others are the receptive field.
 *
 * Source: jax.nn.initializers, _compute_fans (jax/_src/nn/initializers.py), whose names these are: a fan is the product of its own axes
 * and the receptive field. JAX divides the number of elements, here the sizes are multiplied, so an empty axis gives a fan of 0.
 * @module
 */
import { at } from '../../base/at.js';
import { badParameter } from '../../base/parameter-checks.js';
import { AXIS_NAMES, checkRoles, countAxes, type Axes } from './axes.js';
import type { Fans, ShapeLayout } from './fans.js';

export interface FanAxes {
  readonly in_axis?: Axes | undefined;
  readonly out_axis?: Axes | undefined;
  readonly batch_axis?: Axes | undefined;
}

export const hasAxes = (axes: FanAxes): boolean => AXIS_NAMES.some((key) => axes[key] !== undefined);

/** The inputs' and the outputs' axis among those that are not of the batch. */
const LAYOUT_AXES: Readonly<Record<ShapeLayout, Readonly<Record<'in_axis' | 'out_axis', number>>>> = {
  torch: { in_axis: 1, out_axis: 0 },
  keras: { in_axis: -2, out_axis: -1 },
};

/**
 * @param layout  gives the axes of inputs and outputs that are left out
 * @throws {ValueError} BAD_OPTION: not an axis of the shape, or an axis with two roles
 */
export function fansOfAxes(
  shape: readonly number[],
  axes: FanAxes,
  layout: ShapeLayout,
  name: string | undefined,
): Fans {
  const batch = countAxes(axes.batch_axis ?? [], 'batch_axis', shape, name);
  const others = [...shape.keys()].filter((axis) => !batch.includes(axis));
  const find = (key: 'in_axis' | 'out_axis'): readonly number[] =>
    axes[key] === undefined
      ? [defaultAxis(key, others, layout, shape, name)]
      : countAxes(axes[key], key, shape, name);
  const inputs = find('in_axis');
  const outputs = find('out_axis');
  checkRoles({ in_axis: inputs, out_axis: outputs, batch_axis: batch }, shape, name);
  const product = (chosen: readonly number[]): number =>
    chosen.reduce((result, axis) => result * at(shape, axis), 1);
  const field = product(others.filter((axis) => !inputs.includes(axis) && !outputs.includes(axis)));
  return { fanIn: product(inputs) * field, fanOut: product(outputs) * field };
}

function defaultAxis(
  key: 'in_axis' | 'out_axis',
  others: readonly number[],
  layout: ShapeLayout,
  shape: readonly number[],
  name: string | undefined,
): number {
  const axis = others.at(LAYOUT_AXES[layout][key]);
  if (axis !== undefined) return axis;
  const left = `the layout "${layout}" finds none in [${shape.join(', ')}]`;
  throw badParameter('BAD_OPTION', key, undefined, name, `Write its axis: ${left}.`);
}
