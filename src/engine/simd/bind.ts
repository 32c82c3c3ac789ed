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

function isCentred(centre: number, scale: number): boolean {
  return centre === 0 && scale >= NEVER_UNDERFLOWS;
}

/** 2 KiB: what a call cannot overlap is less than twice that. 16 KiB would gain half as much. */
const AHEAD_GROUPS = 32;

export function bindKernel({ fills, transforms }: Kernels, kernel: Kernel): FillGroups {
  switch (kernel.kind) {
    case 'constant':
      return (dst, groups) => {
        fills.fillConstant(dst, groups, kernel.value);
      };
    case 'uniform':
      return bindUniform(fills, kernel);
    case 'truncated_normal':
      return bindTruncatedNormal({ fills, transforms }, kernel);
  }
}

/**
 * The transform of a tile and the fill of the next in one loop, then the rest one after the other: 0.86 of the time that
 * two passes take.
 */
function bindTruncatedNormal({ fills, transforms }: Kernels, kernel: TruncatedNormalParameters): FillGroups {
  const { transform, transformAndFill } = bindTransforms(transforms, kernel);
  const fill: FillGroups = (dst, groups) => {
    fills.fillUniformCentred(dst, groups, X_SPACING);
  };
  return (dst, groups) => {
    const rest = groups % AHEAD_GROUPS;
    const overlapped = groups - rest - AHEAD_GROUPS;
    if (overlapped <= 0) {
      fill(dst, groups);
      transform(dst, groups);
      return;
    }
    fill(dst, AHEAD_GROUPS);
    transformAndFill(dst, overlapped);
    if (rest > 0) fill(dst + GROUP_BYTES * (groups - rest), rest);
    transform(dst + GROUP_BYTES * overlapped, AHEAD_GROUPS + rest);
  };
}

function bindTransforms(
  transforms: TransformsExports,
  { mean, std }: TruncatedNormalParameters,
): Readonly<Record<'transform' | 'transformAndFill', FillGroups>> {
  if (isCentred(mean, std)) {
    return {
      transform: (at, groups) => {
        transforms.truncatedNormalCentred(at, groups, std);
      },
      transformAndFill: (at, groups) => {
        transforms.truncatedNormalCentredAhead(at, groups, AHEAD_GROUPS, X_SPACING, std);
      },
    };
  }
  return {
    transform: (at, groups) => {
      transforms.truncatedNormal(at, groups, std, mean);
    },
    transformAndFill: (at, groups) => {
      transforms.truncatedNormalAhead(at, groups, AHEAD_GROUPS, X_SPACING, std, mean);
    },
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
  if (isCentred(centre, spacing)) {
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
