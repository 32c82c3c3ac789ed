/**
 * Spots: one value at regular places, 0 elsewhere. The ones of an identity lie on a diagonal, those of a Dirac kernel on one in each
 * group: places that an equal number of elements separates.
 * @module
 */
import type { Dtype, ElementArray } from '../tensors/dtypes.js';
import { elementsOf, put, putRun } from './element-of.js';

export interface Spots {
  readonly kind: 'spots';
  readonly value: number;
  /** The element of the first spot. */
  readonly first: number;
  /** The distance of a spot from the next in its group, and the spots of a group: 1 at least, unless the tensor is empty. */
  readonly step: number;
  readonly count: number;
  /** The distance of a group from the next, at least step * count less what no spot needs, and the number of groups. */
  readonly groupStep: number;
  readonly groups: number;
}

export function fillSpots(dtype: Dtype, spots: Spots, start: number, out: ElementArray): void {
  putRun(out, 0, 0, out.length);
  putSpots(dtype, spots, start, out);
}

/** Only the spots. */
export function putSpots(dtype: Dtype, spots: Spots, start: number, out: ElementArray): void {
  const one = elementsOf(dtype)(spots.value);
  forEachSpot(spots, start, out.length, (index) => {
    put(out, one, index);
  });
}

/** @param visit  takes the indices of the spots in a range, counted from its start */
export function forEachSpot(
  { first, step, count, groupStep, groups }: Spots,
  start: number,
  elementCount: number,
  visit: (index: number) => void,
): void {
  if (count === 0) return;
  const end = start + elementCount;
  const reach = first + (count - 1) * step;
  // The first group whose last spot is not before the range.
  for (let g = Math.max(0, Math.ceil((start - reach) / groupStep)); g < groups; g++) {
    const base = first + g * groupStep;
    if (base >= end) return;
    const from = Math.max(0, Math.ceil((start - base) / step));
    const to = Math.min(count - 1, Math.floor((end - 1 - base) / step));
    for (let i = from; i <= to; i++) visit(base + i * step - start);
  }
}

/** torch.eye: ones, or a gain, where row and column are the same, in a matrix of any shape. */
export const eye = (rows: number, columns: number, value: number): Spots => ({
  kind: 'spots',
  value,
  first: 0,
  step: columns + 1,
  count: Math.min(rows, columns),
  groupStep: 1,
  groups: 1,
});

/**
 * torch.nn.init.dirac_: a one in the middle, k // 2, of the kernel from input channel d to output channel d of each group, for as many d
 * as there are of both.
 * @param shape   [out, in, ...spatial]
 * @param groups  divides the first dimension
 */
export function dirac([out = 0, inputs = 0, ...spatial]: readonly number[], groups: number): Spots {
  const size = spatial.reduce((product, k) => product * k, 1);
  const outputs = out / groups;
  return {
    kind: 'spots',
    value: 1,
    first: spatial.reduce((index, k) => index * k + Math.floor(k / 2), 0),
    step: (inputs + 1) * size,
    count: size === 0 ? 0 : Math.min(outputs, inputs),
    groupStep: outputs * inputs * size,
    groups,
  };
}
