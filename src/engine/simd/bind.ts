/**
 * float32 kernels with their parameters to calls of SIMD code. Where a parameter makes an operation do nothing to any value, a
 * shorter loop without it gives the same bytes faster.
 * @module
 */
import type { FloatKernel } from '../../domain/kernels/kernel.js';
import type { BoundedNormalParameters } from '../../domain/kernels/bounded-normal.js';
import { X_SPACING, type TruncatedNormalParameters } from '../../domain/kernels/truncated-normal.js';
import { outermostValues, type UniformParameters } from '../../domain/kernels/uniform.js';
import type { FillsExports, TransformsExports } from './code.js';
import type { Kernels } from './kernels.js';

/** 16 elements of float32, 8 of float64. */
export const GROUP_BYTES = 64;

/** Fills so many groups of 16 elements from address `dst` on. */
export type FillGroups = (dst: number, groups: number) => void;

/** From here on no std * z, z at least 2^-25, and no m * spacing underflows to -0, which + 0 would turn into 0. */
const NEVER_UNDERFLOWS = 2 ** -100;

function isCentred(centre: number, scale: number): boolean {
  return centre === 0 && scale >= NEVER_UNDERFLOWS;
}

/** 2 KiB: what a call cannot overlap is less than twice that. 16 KiB would gain half as much. */
const OVERLAP_GROUPS = 32;

/** What float32 kernels are made of. */
type FloatModules = Pick<Kernels, 'fills' | 'transforms'>;

/** 16 KiB, which stays in the first-level cache from the fill to the transform. */
const TILE_GROUPS = 256;

export function bindKernel(kernels: FloatModules, kernel: FloatKernel): FillGroups {
  const { fills } = kernels;
  switch (kernel.kind) {
    case 'words':
      return (dst, groups) => {
        fills.fillWords(dst, groups);
      };
    case 'constant':
      return (dst, groups) => {
        fills.fillConstant(dst, groups, kernel.value);
      };
    case 'uniform':
      return bindUniform(fills, kernel);
    case 'truncated_normal':
      return bindTruncatedNormal(kernels, kernel);
    case 'normal':
    case 'bounded_normal':
      return inTiles(
        (dst, groups) => {
          fills.fillWords(dst, groups);
        },
        bindNormal(kernels.transforms, kernel),
      );
  }
}

/** A fill and a transform of what it made, while that is in the cache. */
export function inTiles(fill: FillGroups, transform: FillGroups): FillGroups {
  return (dst, groups) => {
    for (let done = 0; done < groups; done += TILE_GROUPS) {
      const tile = Math.min(groups - done, TILE_GROUPS);
      fill(dst + GROUP_BYTES * done, tile);
      transform(dst + GROUP_BYTES * done, tile);
    }
  };
}

/**
 * The transform of a tile and the fill of the next in one loop, then the rest one after the other: 0.86 of the time that
 * two passes take.
 */
function bindTruncatedNormal(
  { fills, transforms }: FloatModules,
  kernel: TruncatedNormalParameters,
): FillGroups {
  const { transform, transformAndFill } = bindTransforms(transforms, kernel);
  const fill: FillGroups = (dst, groups) => {
    fills.fillUniformCentred(dst, groups, X_SPACING);
  };
  return (dst, groups) => {
    const rest = groups % OVERLAP_GROUPS;
    const overlapped = groups - rest - OVERLAP_GROUPS;
    if (overlapped <= 0) {
      fill(dst, groups);
      transform(dst, groups);
      return;
    }
    fill(dst, OVERLAP_GROUPS);
    transformAndFill(dst, overlapped);
    if (rest > 0) fill(dst + GROUP_BYTES * (groups - rest), rest);
    transform(dst + GROUP_BYTES * overlapped, OVERLAP_GROUPS + rest);
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
        transforms.truncatedNormalCentredOverlapped(at, groups, OVERLAP_GROUPS, X_SPACING, std);
      },
    };
  }
  return {
    transform: (at, groups) => {
      transforms.truncatedNormal(at, groups, std, mean);
    },
    transformAndFill: (at, groups) => {
      transforms.truncatedNormalOverlapped(at, groups, OVERLAP_GROUPS, X_SPACING, std, mean);
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

function bindNormal(
  transforms: TransformsExports,
  kernel: Extract<FloatKernel, { kind: 'normal' | 'bounded_normal' }>,
): FillGroups {
  if (kernel.kind === 'normal') {
    const { mean, std } = kernel;
    return (at, groups) => {
      transforms.normal(at, groups, std, mean);
    };
  }
  const numbers = boundedNormalNumbers(kernel);
  return (at, groups) => {
    transforms.boundedNormal(at, groups, ...numbers);
  };
}

/** The parameters as the code takes them. */
export function boundedNormalNumbers(parameters: BoundedNormalParameters): number[] {
  const { base, std, split, lastAbove, lastBelow, offsetAbove, offsetBelow, slope } = parameters;
  const { restAbove, restBelow, p, q, lowest, highest } = parameters;
  const place = [
    base,
    std,
    split,
    lastAbove,
    lastBelow,
    offsetAbove,
    offsetBelow,
    slope,
    restAbove,
    restBelow,
  ];
  return [...place, ...p, ...q, lowest, highest];
}
