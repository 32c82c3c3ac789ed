/**
 * Binds kernels that are stored as halves, float8 or codes to calls of SIMD code. Uniform values go from the lanes to the tensor in one pass. For
 * other kernels, a tile of float32 groups is made in those bytes of the tensor that the call has yet to fill, and narrowed downwards. The
 * last groups have no such room: the caller fills them aside.
 * @module
 */
import type * as codeUse from '../../domain/recipes/code-use.js';
import { largestCode } from '../../domain/kernels/codes.js';
import { NARROW_FORMATS, type NarrowDtype } from '../../domain/arithmetic/narrow-floats.js';
import type { FloatKernel } from '../../domain/kernels/kernel.js';
import type { NarrowFloatParameters } from '../../domain/kernels/narrow-float.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { outermostValues } from '../../domain/kernels/uniform.js';
import type { Narrowing } from '../../domain/kernels/narrowing.js';
import { OnDemand } from '../host/on-demand.js';
import { bindKernel } from './bind.js';
import { leavingNone, type FillWhatFits } from './bound-draw.js';
import { GROUP_BYTES, GROUP_ELEMENTS, TILE_GROUPS, type FillGroups } from './groups.js';
import type { Kernels } from './kernels.js';
import type { NarrowFillsExports, NarrowingExports } from './modules.js';

const use = new OnDemand<typeof codeUse>('src/domain/recipes/code-use.js');

/** Between these a product of a lattice point and the spacing, and its splitting, stay normal float32 numbers. */
const SPLIT_SPACING = { least: 2 ** -90, most: 2 ** 70 } as const;

/** The largest number of steps that the sum with the rounding constant can hold. */
const CODE_STEPS = 2 ** 15 - 1;

/** Bytes per element. */
export const narrowBytes = (narrowing: Narrowing): number =>
  narrowing.kind === 'float' ? DTYPES[narrowing.dtype].byteWidth : 1;

/** @param aside  whether the memory has room for float32 beyond the groups asked for */
export function bindNarrow(
  kernels: Kernels,
  kernel: FloatKernel,
  narrowing: Narrowing,
  aside: boolean,
): FillWhatFits {
  return (
    (narrowing.kind === 'float'
      ? bindUniformFloat(kernels, kernel, narrowing)
      : bindFusedCodes(kernels, kernel, narrowing.bits)) ??
    inNarrowTiles(
      bindKernel(kernels, kernel),
      bindNarrowing(kernels.narrowing, narrowing),
      narrowBytes(narrowing) * GROUP_ELEMENTS,
      aside,
    )
  );
}

/** The function for each dtype. */
const NARROWED = {
  float16: 'narrowToFloat16',
  bfloat16: 'narrowToBfloat16',
  float8_e4m3fn: 'narrowToFloat8E4m3',
  float8_e5m2: 'narrowToFloat8E5m2',
} as const satisfies Record<NarrowDtype, keyof NarrowingExports>;

type NarrowTile = (to: number, from: number, groups: number) => void;

function inNarrowTiles(
  fill: FillGroups,
  narrow: NarrowTile,
  groupBytes: number,
  aside: boolean,
): FillWhatFits {
  const roomGroups = (groups: number): number =>
    aside ? groups : Math.floor((groups * groupBytes) / GROUP_BYTES);
  return (dst, groups) => {
    let left = groups;
    for (let at = dst; left > 0;) {
      const tile = Math.min(TILE_GROUPS, roomGroups(left));
      if (tile === 0) break;
      fill(at, tile);
      narrow(at, at, tile);
      at += tile * groupBytes;
      left -= tile;
    }
    return left;
  };
}

export function bindNarrowing(module: NarrowingExports, narrowing: Narrowing): NarrowTile {
  if (narrowing.kind === 'codes') {
    const steps = 2 ** (narrowing.bits - 1);
    const largest = largestCode(narrowing.bits);
    return (to, from, groups) => {
      module.narrowToCodes(to, from, groups, steps, largest);
    };
  }
  const { dtype, lowest, highest } = narrowing;
  const name = NARROWED[dtype];
  return (to, from, groups) => {
    module[name](to, from, groups, lowest, highest);
  };
}

/** The function for each dtype whose bounds must lie as far out on either side. */
const SYMMETRIC_UNIFORM = {
  float16: 'fillUniformFloat16Centred',
  float8_e4m3fn: 'fillUniformFloat8E4m3Centred',
  float8_e5m2: 'fillUniformFloat8E5m2Centred',
} as const satisfies Partial<Record<NarrowDtype, keyof NarrowFillsExports>>;

/** Floats of a uniform kernel about 0. Its own bounds need no check: those of the narrow float lie within them, or are what they are rounded to. */
function bindUniformFloat(
  { 'narrow-fills': narrowFills }: Kernels,
  kernel: FloatKernel,
  { dtype, lowest, highest }: NarrowFloatParameters,
): FillWhatFits | undefined {
  if (kernel.kind !== 'uniform' || kernel.centre !== 0 || lowest >= 0 || highest <= 0) return undefined;
  if (kernel.spacing < SPLIT_SPACING.least || kernel.spacing > SPLIT_SPACING.most) return undefined;
  const { toBits, largest } = NARROW_FORMATS[dtype];
  const [scale, low, high] = [kernel.spacing / 2, toBits(lowest), toBits(highest)];
  if (dtype === 'bfloat16') {
    return leavingNone((dst, groups) => {
      narrowFills.fillUniformBfloat16Centred(dst, groups, scale, low, high);
    });
  }
  // Beyond twice the largest, a float8's pattern has no room in a byte.
  if (lowest !== -highest || outermostValues(kernel)[1] >= 2 * largest) return undefined;
  const name = SYMMETRIC_UNIFORM[dtype];
  return leavingNone((dst, groups) => {
    narrowFills[name](dst, groups, scale, high);
  });
}

/** Checks that values never fall as the word's 24 high bits grow. (Rounding can swap neighbours of the truncated normal.) */
const growsWithLattice = ({ kind }: FloatKernel): boolean => kind === 'uniform';

/** For a uniform kernel that gives three codes, and for one about 0 whose bounds never act. */
function bindFusedCodes(
  { 'narrow-fills': narrowFills }: Kernels,
  kernel: FloatKernel,
  bits: number,
): FillWhatFits | undefined {
  const ternary = growsWithLattice(kernel) ? use.load().ternaryWords(kernel, bits) : undefined;
  if (ternary !== undefined) {
    return leavingNone((dst, groups) => {
      narrowFills.fillTernaryCodes(dst, groups, ternary.low, ternary.high);
    });
  }
  if (kernel.kind !== 'uniform' || kernel.centre !== 0 || kernel.spacing < SPLIT_SPACING.least)
    return undefined;
  const [least, most] = outermostValues(kernel);
  if (least < kernel.lowest || most > kernel.highest) return undefined;
  const scale = (kernel.spacing / 2) * 2 ** (bits - 1);
  if (scale * 2 ** 24 > CODE_STEPS) return undefined;
  const largest = largestCode(bits);
  if (most * 2 ** (bits - 1) >= largest + 0.5) {
    return leavingNone((dst, groups) => {
      narrowFills.fillUniformCodesBounded(dst, groups, scale, largest);
    });
  }
  return leavingNone((dst, groups) => {
    narrowFills.fillUniformCodes(dst, groups, scale);
  });
}
