/**
 * Binds float64 kernels and their parameters to calls of SIMD code, as bind.ts binds float32's.
 * @module
 */
import type { DoubleKernel } from '../../domain/kernels/kernel.js';
import type { BoundedNormal64Parameters } from '../../domain/kernels/bounded-normal64.js';
import { fillInversion64 } from '../../domain/kernels/inversion.js';
import { mapDoubles } from '../../domain/kernels/mapped.js';
import type { TruncatedNormal64Parameters } from '../../domain/kernels/truncated-normal64.js';
import { outermostValues64, type Uniform64Parameters } from '../../domain/kernels/uniform64.js';
import type { SharedMemory } from '../memory/wasm.js';
import { inTiles } from './bind.js';
import { GROUP_ELEMENTS64, type FillGroups } from './groups.js';
import type { Kernels } from './kernels.js';
import type { Fills64Exports, Transforms64Exports } from './modules.js';
import { onDoubles } from './scalar-transform.js';

/** From here on no product with a lattice point or z underflows. */
const NEVER_UNDERFLOWS = 2 ** -900;

/** The spacing of the lattice on (-1, 1) from which the truncated normal is made. */
const LATTICE_SPACING = 2 ** -52;

export function bindDouble(
  kernels: Pick<Kernels, 'fills64' | 'transforms64'>,
  kernel: DoubleKernel,
  memory: SharedMemory,
): FillGroups {
  switch (kernel.kind) {
    case 'constant64':
      return (dst, groups) => {
        new Float64Array(memory.buffer, dst, groups * GROUP_ELEMENTS64).fill(kernel.value);
      };
    case 'uniform64':
      return bindUniform64(kernels.fills64, kernel);
    case 'truncated_normal64': {
      const { fills64 } = kernels;
      return inTiles(
        (dst, groups) => {
          fills64.fillUniform64Centred(dst, groups, LATTICE_SPACING);
        },
        bindTruncatedNormal64(kernels.transforms64, kernel),
      );
    }
    case 'normal64': {
      const { fills64, transforms64 } = kernels;
      const { mean, std } = kernel;
      return inTiles(
        (dst, groups) => {
          fills64.fillWords64(dst, groups);
        },
        (at, groups) => {
          transforms64.normal64(at, groups, std, mean);
        },
      );
    }
    case 'bounded_normal64': {
      const { fills64, transforms64 } = kernels;
      const numbers = boundedNormal64Numbers(kernel);
      return inTiles(
        (dst, groups) => {
          fills64.fillWords64(dst, groups);
        },
        (at, groups) => {
          transforms64.boundedNormal64(at, groups, ...numbers);
        },
      );
    }
    case 'inversion64': {
      const { fills64 } = kernels;
      return inTiles(
        (dst, groups) => {
          fills64.fillWords64(dst, groups);
        },
        onDoubles(memory, (values, words) => {
          fillInversion64(values, words, kernel);
        }),
      );
    }
    case 'mapped64':
      return inTiles(
        bindDouble(kernels, kernel.of, memory),
        onDoubles(memory, (values) => {
          mapDoubles(values, kernel);
        }),
      );
  }
}

/** The parameters in the order of the function's arguments. */
export function boundedNormal64Numbers(parameters: BoundedNormal64Parameters): number[] {
  const { base, std, split, offsetAbove, offsetBelow, slope, startAbove, startBelow } = parameters;
  const scalars = [base, std, split, offsetAbove, offsetBelow, slope, startAbove, startBelow];
  return [...scalars, ...parameters.p, ...parameters.q, parameters.lowest, parameters.highest];
}

function bindUniform64(fills64: Fills64Exports, parameters: Uniform64Parameters): FillGroups {
  const { spacing, centre, lowest, highest } = parameters;
  const [least, most] = outermostValues64(parameters);
  if (least < lowest || most > highest) {
    return (dst, groups) => {
      fills64.fillUniform64(dst, groups, spacing, centre, lowest, highest);
    };
  }
  if (centre === 0 && spacing >= NEVER_UNDERFLOWS) {
    return (dst, groups) => {
      fills64.fillUniform64Centred(dst, groups, spacing);
    };
  }
  return (dst, groups) => {
    fills64.fillUniform64Shifted(dst, groups, spacing, centre);
  };
}

function bindTruncatedNormal64(
  transforms64: Transforms64Exports,
  { mean, std, lowest, highest }: TruncatedNormal64Parameters,
): FillGroups {
  if (mean === 0 && std >= NEVER_UNDERFLOWS) {
    return (at, groups) => {
      transforms64.truncatedNormal64Centred(at, groups, std);
    };
  }
  return (at, groups) => {
    transforms64.truncatedNormal64(at, groups, std, mean, lowest, highest);
  };
}
