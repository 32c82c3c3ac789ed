/**
 * Binds draws to kernels that compare their values with those in a memory, instead of storing them.
 * @module
 */
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import { uniformLoop } from './bind.js';
import type { Kernels } from './kernels.js';

/** Whether groups of the draw, from the lane states on, differ from the bytes at `stored`. */
export type GroupsDiffer = (stored: number, groups: number) => boolean;

/**
 * Undefined where no kernel compares: it is there for uniform float32. The loops that make words beside normals have no registers left for
 * it: a truncated normal took 3.6 cycles an element so, and 3.3 with a second pass.
 */
export function bindCompare(
  kernels: Pick<Kernels, 'comparisons'>,
  { kernel, narrowing }: StreamDraw,
): GroupsDiffer | undefined {
  if (narrowing !== undefined || kernel.kind !== 'uniform') return undefined;
  // Only now: the module is compiled when it is first asked for.
  const { comparisons } = kernels;
  const { spacing, centre, lowest, highest } = kernel;
  switch (uniformLoop(kernel)) {
    case undefined:
      return undefined;
    case 'bounded':
      return (stored, groups) =>
        comparisons.differsFromUniform(stored, groups, spacing, centre, lowest, highest) !== 0;
    case 'centred':
      return (stored, groups) => comparisons.differsFromUniformCentred(stored, groups, spacing) !== 0;
    case 'shifted':
      return (stored, groups) => comparisons.differsFromUniformShifted(stored, groups, spacing, centre) !== 0;
  }
}
