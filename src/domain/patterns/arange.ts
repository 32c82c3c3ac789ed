/**
 * Numbers that count up, or down, with the index: start + step * floor(i / repeat), or a map of that, computed in doubles and rounded once
 * to the dtype. i is the index along an axis, or of the element where there is no axis.
 * @module
 */
import { functionOfMap, type ValueMap } from '../arithmetic/value-map.js';
import type { Dtype, ElementArray } from '../tensors/dtypes.js';
import { elementsOf, put, putRun } from './element-of.js';

export interface Arange {
  readonly kind: 'arange';
  readonly start: number;
  readonly step: number;
  /** Neighbours along the axis with the same value: a whole number from 1. */
  readonly repeat: number;
  /** Elements from an index of the axis to the next, and the length of the axis. */
  readonly stride: number;
  readonly length: number;
  readonly map?: ValueMap | undefined;
}

/** The number at an index of the axis, before the map. The division of whole numbers below 2^53 is exact after the remainder is taken off. */
export const countAt = ({ start, step, repeat }: Arange, i: number): number =>
  start + step * ((i - (i % repeat)) / repeat);

/** The value of such a number, a double. */
export const valueOfCount = ({ map }: Arange): ((count: number) => number) =>
  map === undefined ? (count) => count : functionOfMap(map);

/** Shorter runs are written element by element. */
const LEAST_RUN = 16;

export function fillArange(dtype: Dtype, arange: Arange, start: number, out: ElementArray): void {
  const element = elementsOf(dtype);
  const valueOf = valueOfCount(arange);
  const { repeat, stride, length } = arange;
  for (let done = 0; done < out.length;) {
    const [i, within] = positionOf(arange, start + done);
    // The value stays until the last of its repeats, or until the axis ends.
    const last = Math.min(i - (i % repeat) + repeat, length);
    const stop = Math.min(done + (last - i) * stride - within, out.length);
    const value = element(valueOf(countAt(arange, i)));
    if (stop - done < LEAST_RUN) for (let at = done; at < stop; at++) put(out, value, at);
    else putRun(out, value, done, stop);
    done = stop;
  }
}

/** The index along the axis, and how many elements with that index come before. */
function positionOf({ stride, length }: Arange, element: number): readonly [number, number] {
  const within = element % stride;
  return [((element - within) / stride) % length, within];
}

/**
 * @param axis   from 0; undefined to count elements
 * @param given  start, step, repeat, map
 */
export function arangeOf(
  given: Pick<Arange, 'start' | 'step' | 'repeat' | 'map'>,
  shape: readonly number[],
  axis: number | undefined,
): Arange {
  const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
  const [stride, length] =
    axis === undefined ? [1, product(shape)] : [product(shape.slice(axis + 1)), shape[axis] ?? 0];
  return { kind: 'arange', ...given, stride, length };
}
