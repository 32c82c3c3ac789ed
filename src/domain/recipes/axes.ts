/**
 * Axes of a shape by the roles that they are given: inputs, outputs, or a batch of tensors in one.
 * @module
 */
import { badParameter } from '../../base/parameter-checks.js';

/** One axis or several; negative ones count from the end. */
export type Axes = number | readonly number[];

export const AXIS_NAMES = ['in_axis', 'out_axis', 'batch_axis'] as const;
export type AxisName = (typeof AXIS_NAMES)[number];

/**
 * The axes as they count from 0.
 * @throws {ValueError} BAD_OPTION: not an axis of the shape
 */
export function countAxes(
  axes: Axes,
  key: AxisName,
  shape: readonly number[],
  name: string | undefined,
): readonly number[] {
  return (Array.isArray(axes) ? (axes as readonly number[]) : [axes as number]).map((axis) => {
    const counted = axis < 0 ? axis + shape.length : axis;
    if (Number.isInteger(axis) && counted >= 0 && counted < shape.length) return counted;
    const remedy = `The shape [${shape.join(', ')}] has the axes 0 to ${shape.length - 1}, or -${shape.length} to -1.`;
    throw badParameter('BAD_OPTION', key, axes, name, shape.length === 0 ? 'A scalar has no axes.' : remedy);
  });
}

/**
 * JAX takes an axis twice, and gives fans that mean nothing.
 * @throws {ValueError} BAD_OPTION: an axis with two roles
 */
export function checkRoles(
  roles: Readonly<Record<AxisName, readonly number[]>>,
  shape: readonly number[],
  name: string | undefined,
): void {
  const taken = new Map<number, AxisName>();
  for (const key of AXIS_NAMES)
    for (const axis of roles[key]) {
      const other = taken.get(axis);
      taken.set(axis, key);
      if (other === undefined) continue;
      const remedy = `Axis ${axis} of [${shape.join(', ')}] is already an axis of ${other}: write each axis once.`;
      throw badParameter('BAD_OPTION', key, roles[key], name, remedy);
    }
}
