/**
 * Kernels with their parameters to calls of SIMD code. Where a parameter makes an operation do nothing to any value, a
 * shorter loop without it gives the same bytes faster.
 * @module
 */
import type { Kernel } from '../../domain/kernel.js';
import {
  COEFFICIENTS,
  X_SPACING,
  type TruncatedNormalParameters,
} from '../../domain/kernels/truncated-normal.js';
import { outermostValues, type UniformParameters } from '../../domain/kernels/uniform.js';
import type { FillsExports, TransformsExports } from './code.js';

/** Both modules, on one memory. */
export interface Kernels {
  readonly fills: FillsExports;
  readonly transforms: TransformsExports;
}

/** 16 elements of float32. */
const GROUP_BYTES = 64;

/** Fills so many groups of 16 elements from address `dst` on. */
export type FillGroups = (dst: number, groups: number) => void;

/** From here on no std * z, z at least 2^-25, and no m * spacing underflows to -0, which + 0 would turn into 0. */
const NEVER_UNDERFLOWS = 2 ** -100;

/** 16 KiB, which stays in the first-level cache from the fill to the transform. */
const TILE_GROUPS = 256;

export function bindKernel({ fills, transforms }: Kernels, kernel: Kernel): FillGroups {
  switch (kernel.kind) {
    case 'constant':
      return (dst, groups) => {
        fills.fillConstant(dst, groups, kernel.value);
      };
    case 'uniform':
      return bindUniform(fills, kernel);
    case 'truncated_normal':
      return inTiles(
        (dst, groups) => {
          fills.fillUniformCentred(dst, groups, X_SPACING);
        },
        bindTruncatedNormal(transforms, kernel),
      );
  }
}

/** A fill and a transform of what it made, while that is in the cache. */
function inTiles(fill: FillGroups, transform: FillGroups): FillGroups {
  return (dst, groups) => {
    for (let done = 0; done < groups; done += TILE_GROUPS) {
      const tile = Math.min(groups - done, TILE_GROUPS);
      fill(dst + GROUP_BYTES * done, tile);
      transform(dst + GROUP_BYTES * done, tile);
    }
  };
}

function bindTruncatedNormal(
  transforms: TransformsExports,
  { mean, std }: TruncatedNormalParameters,
): FillGroups {
  if (mean === 0 && std >= NEVER_UNDERFLOWS) {
    return (at, groups) => {
      transforms.truncatedNormalCentred(at, groups, std);
    };
  }
  return (at, groups) => {
    transforms.truncatedNormal(at, groups, std, mean);
  };
}

function bindUniform(fills: FillsExports, parameters: UniformParameters): FillGroups {
  const { spacing, centre, lowest, highest } = parameters;
  const [least, most] = outermostValues(parameters);
  if (least < lowest || most > highest) {
    return (dst, groups) => {
      fills.fillUniform(dst, groups, spacing, centre, lowest, highest);
    };
  }
  if (centre === 0 && spacing >= NEVER_UNDERFLOWS) {
    return (dst, groups) => {
      fills.fillUniformCentred(dst, groups, spacing);
    };
  }
  return (dst, groups) => {
    fills.fillUniformShifted(dst, groups, spacing, centre);
  };
}

/** The specification's coefficients to the code's variables. */
export function setCoefficients(transforms: TransformsExports): void {
  for (const [name, value] of COEFFICIENTS) transforms[name].value = value;
}
