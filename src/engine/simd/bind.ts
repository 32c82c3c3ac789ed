/**
 * Binds float32 kernels and their parameters to calls of SIMD code. Where the parameters make an operation change no value, a shorter
 * loop without it gives the same bytes faster.
 * @module
 */
import type { FloatKernel } from '../../domain/kernels/kernel.js';
import type { BoundedNormalParameters } from '../../domain/kernels/bounded-normal.js';
import type { NormalParameters } from '../../domain/kernels/normal.js';
import { X_SPACING, type TruncatedNormalParameters } from '../../domain/kernels/truncated-normal.js';
import { fillUniform, outermostValues, type UniformParameters } from '../../domain/kernels/uniform.js';
import { OnDemand } from '../host/on-demand.js';
import { GROUP_BYTES, TILE_GROUPS, type FillGroups } from './groups.js';
import type { SharedMemory } from '../memory/wasm.js';
import type { Kernels } from './kernels.js';
import type { TransformsExports } from './modules.js';
import type * as scalarKernels from './scalar-kernels.js';
import { onFloats } from './scalar-transform.js';

const scalar = new OnDemand<typeof scalarKernels>('src/engine/simd/scalar-kernels.js');

/**
 * From here on neither std * z, with z at least 2^-25, nor m * spacing underflows to -0, which + 0 would turn into 0; and the kernels may
 * take the lattice in units of 2^-8.
 */
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
      return bindUniform(kernels, kernel);
    case 'truncated_normal':
      return bindTruncatedNormal(kernels, kernel);
    case 'normal':
      return bindNormal(kernels, kernel);
    case 'bounded_normal':
      return inTiles(
        (dst, groups) => {
          fills.fillWords(dst, groups);
        },
        bindBoundedNormal(kernels.transforms, kernel),
      );
    case 'inversion': {
      const { fillInversion } = scalar.load();
      return inTiles(
        (dst, groups) => {
          fills.fillWords(dst, groups);
        },
        onFloats(kernels.memory, (values, words) => {
          fillInversion(values, words, kernel);
        }),
      );
    }
    case 'mapped': {
      const { mapFloats } = scalar.load();
      return inTiles(
        bindKernel(kernels, kernel.of),
        onFloats(kernels.memory, (values) => {
          mapFloats(values, kernel);
        }),
      );
    }
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
 * Transforms a tile and makes the next one's words in one loop, then does the rest one after the other: 0.91 of the time of two passes. The loop
 * finds its first group as x, and the other words, and leaves them so.
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
    fill(dst, 1);
    fills.fillWords(dst + GROUP_BYTES, OVERLAP_GROUPS - 1);
    transformAndFill(dst, overlapped);
    const left = dst + GROUP_BYTES * overlapped;
    transforms.centreWords(left + GROUP_BYTES, OVERLAP_GROUPS - 1, X_SPACING);
    if (rest > 0) fill(left + GROUP_BYTES * OVERLAP_GROUPS, rest);
    transform(left, OVERLAP_GROUPS + rest);
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

/** The loop that gives a uniform kernel's bytes; undefined if none does. */
export function uniformLoop(parameters: UniformParameters): 'bounded' | 'centred' | 'shifted' | undefined {
  const { spacing, centre, lowest, highest } = parameters;
  if (spacing !== 0 && spacing < NEVER_UNDERFLOWS) return undefined;
  const [least, most] = outermostValues(parameters);
  if (least < lowest || most > highest) return 'bounded';
  return isCentred(centre, spacing) ? 'centred' : 'shifted';
}

function bindUniform({ fills, memory }: FloatModules, parameters: UniformParameters): FillGroups {
  const { spacing, centre, lowest, highest } = parameters;
  switch (uniformLoop(parameters)) {
    case undefined:
      return inTiles(
        (dst, groups) => {
          fills.fillWords(dst, groups);
        },
        onFloats(memory, (values, words) => {
          fillUniform(values, words, parameters);
        }),
      );
    case 'bounded':
      return (dst, groups) => {
        fills.fillUniform(dst, groups, spacing, centre, lowest, highest);
      };
    case 'centred':
      return (dst, groups) => {
        fills.fillUniformCentred(dst, groups, spacing);
      };
    case 'shifted':
      return (dst, groups) => {
        fills.fillUniformShifted(dst, groups, spacing, centre);
      };
  }
}

/** Transforms a tile and makes the next one's words in one loop, then does the rest one after the other. */
function bindNormal({ fills, transforms }: FloatModules, { mean, std }: NormalParameters): FillGroups {
  return (dst, groups) => {
    const rest = groups % OVERLAP_GROUPS;
    const overlapped = Math.max(0, groups - rest - OVERLAP_GROUPS);
    fills.fillWords(dst, overlapped > 0 ? OVERLAP_GROUPS : groups);
    if (overlapped > 0) transforms.normalOverlapped(dst, overlapped, OVERLAP_GROUPS, std, mean);
    const left = dst + GROUP_BYTES * overlapped;
    if (overlapped > 0 && rest > 0) fills.fillWords(left + GROUP_BYTES * OVERLAP_GROUPS, rest);
    transforms.normal(left, groups - overlapped, std, mean);
  };
}

function bindBoundedNormal(transforms: TransformsExports, kernel: BoundedNormalParameters): FillGroups {
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
