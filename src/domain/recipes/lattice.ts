/**
 * The equally likely inputs of a kernel, its lattice points, in the order in which its values grow: what decides how often each value
 * occurs, without a draw.
 * @module
 */
import { at } from '../../base/at.js';
import { isFloat, isRandom, runKernel, type FloatKernel } from '../kernels/kernel.js';
import { uniformLattice, type UniformLattice } from '../torch/uniform-lattice.js';
import type { ResolvedDraw } from './resolved-draw.js';

/** The last points may have a value out of order, `wrapped`; only torch's uniform has such points. */
export interface Lattice extends UniformLattice {
  /** As few points as this do not use a code: torch's interval includes `low`, the value of point 0, and no other value so near. */
  readonly strayPoints: number;
}

/** Undefined for a constant, and for kernels that do not grow with one word: normals of torch, and doubles of streams. */
export function latticeOf(resolved: ResolvedDraw): Lattice | undefined {
  switch (resolved.kind) {
    case 'stream': {
      const { kernel } = resolved;
      return isFloat(kernel) && isRandom(kernel) ? floatLattice(kernel) : undefined;
    }
    case 'torch': {
      const { kernel, dtype } = resolved;
      if (kernel.kind !== 'torch_uniform') return undefined;
      return { ...uniformLattice(kernel, dtype), strayPoints: 1 };
    }
    case 'packed':
      return latticeOf(resolved.codes);
    default:
      return undefined;
  }
}

/** The lattice of a float32 kernel: words of 24 bits, signed. */
const POINTS = 2 ** 24;

/** What the kernel reads and writes, for one element. */
const value = new Float32Array(1);
const word = new Uint32Array(1);

/** @param kernel  a random kernel that grows with its word: uniform or truncated normal */
export function floatLattice(kernel: FloatKernel): Lattice {
  const valueAt = (point: number): number => {
    word[0] = (point - POINTS / 2) << 8;
    runKernel(kernel, value, word);
    return at(value, 0);
  };
  return { points: POINTS, valueAt, wrapsAt: POINTS, wrapped: NaN, strayPoints: 0 };
}
