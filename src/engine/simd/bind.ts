/**
 * Binds float32 kernels and their parameters to calls of SIMD code. Where the parameters make an operation change no value, a shorter
 * loop without it gives the same bytes faster.
 * @module
 */
import type { FloatKernel } from '../../domain/kernels/kernel.js';
import { fillInversion } from '../../domain/kernels/inversion.js';
import { mapFloats } from '../../domain/kernels/mapped.js';
import type { BoundedNormalParameters } from '../../domain/kernels/bounded-normal.js';
import { X_SPACING, type TruncatedNormalParameters } from '../../domain/kernels/truncated-normal.js';
import { outermostValues, type UniformParameters } from '../../domain/kernels/uniform.js';
import { GROUP_BYTES, TILE_GROUPS, type FillGroups } from './groups.js';
import type { SharedMemory } from '../memory/wasm.js';
import type { Kernels } from './kernels.js';
import type { FillsExports, TransformsExports } from './modules.js';
import { onFloats } from './scalar-transform.js';

/** From here on neither std * z, with z at least 2^-25, nor m * spacing underflows to -0, which + 0 would turn into 0. */
const NEVER_UNDERFLOWS = 2 ** -100;

function isCentred(centre: number, scale: number): boolean {
  return centre === 0 && scale >= NEVER_UNDERFLOWS;
}

/** 2 KiB: less than twice this is left over that a call cannot overlap. With 16 KiB the gain is half as large. */
const OVERLAP_GROUPS = 32;

/** The modules of the float32 kernels. */
type FloatModules = Pick<Kernels, 'fills' | 'transforms'> & { readonly memory: Pick<SharedMemory, 'buffer'> };

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
    case 'inversion':
      return inTiles(
        (dst, groups) => {
          fills.fillWords(dst, groups);
        },
        onFloats(kernels.memory, (values, words) => {
          fillInversion(values, words, kernel);
        }),
      );
    case 'mapped':
      return inTiles(
        bindKernel(kernels, kernel.of),
        onFloats(kernels.memory, (values) => {
          mapFloats(values, kernel);
        }),
      );
  }
}

/** A fill, and a transform of its values while they are in the cache. */
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
 * Transforms a tile and fills the next in one loop, then does the rest one after the other: 0.86 of the time of two passes.
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

/** The parameters in the order of the function's arguments. */
export function boundedNormalNumbers(parameters: BoundedNormalParameters): number[] {
  const { base, std, split, lastAbove, lastBelow, offsetAbove, offsetBelow, slope } = parameters;
  const { restAbove, restBelow, p, q, lowest, highest } = parameters;
  const scalars = [
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
  return [...scalars, ...p, ...q, lowest, highest];
}
