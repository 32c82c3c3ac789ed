/**
 * Binds kernels of whole numbers and of two values to calls of SIMD code, for each width of an element.
 * @module
 */
import { joinHalves } from '../../domain/arithmetic/multiply-high.js';
import { runDraw, type StreamDraw } from '../../domain/draws/stream-draw.js';
import { signedLow, type IntegersParameters } from '../../domain/kernels/integers.js';
import type { WholeKernel } from '../../domain/kernels/kernel.js';
import type { Narrowing } from '../../domain/kernels/narrowing.js';
import type { TwoValuesParameters } from '../../domain/kernels/two-values.js';
import { DTYPES, elementsAt, isOf, type Dtype } from '../../domain/tensors/dtypes.js';
import { inTiles } from './bind.js';
import { bindNarrowing } from './bind-narrow.js';
import { leavingNone, type BoundDraw, type FillWhatFits } from './bound-draw.js';
import { GROUP_BYTES, GROUP_ELEMENTS, GROUP_ELEMENTS64, TILE_GROUPS, type FillGroups } from './groups.js';
import type { Kernels } from './kernels.js';
import type { WholeFillsExports } from './whole-module.js';

/** A draw of a kernel. */
type DrawOf<K> = Omit<StreamDraw, 'kernel'> & { readonly kernel: K };

type WholeModules = Pick<Kernels, 'fills' | 'fills64' | 'narrowing' | 'whole-fills'>;

/** @param aside  whether the memory has room for float32 beyond the groups asked for */
export function bindWhole(
  kernels: WholeModules,
  draw: StreamDraw,
  kernel: WholeKernel,
  aside: boolean,
): BoundDraw {
  const { byteWidth: elementBytes } = DTYPES[draw.dtype];
  const bound = (groupElements: number, fill: FillGroups): BoundDraw => ({
    elementBytes,
    groupElements,
    fill: leavingNone(fill),
  });
  switch (kernel.kind) {
    case 'bits':
      return bound(GROUP_ELEMENTS, bindBits(kernels, elementBytes));
    case 'bits64':
      return bound(GROUP_ELEMENTS64, (dst, groups) => {
        kernels.fills64.fillWords64(dst, groups);
      });
    case 'two_values':
      return bound(GROUP_ELEMENTS, bindTwoValues(kernels['whole-fills'], { ...draw, kernel }));
    case 'integers':
      if (draw.narrowing !== undefined)
        return {
          elementBytes,
          groupElements: GROUP_ELEMENTS64,
          fill: bindNarrowed(kernels, { ...draw, kernel }, draw.narrowing, aside),
        };
      return bound(GROUP_ELEMENTS64, bindIntegers(kernels, { ...draw, kernel }));
  }
}

function bindBits({ fills, 'whole-fills': whole }: WholeModules, elementBytes: number): FillGroups {
  switch (elementBytes) {
    case 1:
      return (dst, groups) => {
        whole.fillBits8(dst, groups);
      };
    case 2:
      return (dst, groups) => {
        whole.fillBits16(dst, groups);
      };
    default:
      return (dst, groups) => {
        fills.fillWords(dst, groups);
      };
  }
}

/** Both elements as the specification stores them: the least word gives one of them, the greatest the other. */
function bothElements(draw: DrawOf<TwoValuesParameters>): ArrayBuffer {
  const { dtype } = draw;
  const elements = new ArrayBuffer(2 * DTYPES[dtype].byteWidth);
  runDraw(draw, elementsAt(dtype, elements, 0, 2), Uint32Array.of(0, 2 ** 32 - 1));
  return elements;
}

function bindTwoValues(whole: WholeFillsExports, draw: DrawOf<TwoValuesParameters>): FillGroups {
  const elements = bothElements(draw);
  const { byteWidth } = DTYPES[draw.dtype];
  const last = draw.kernel.threshold - 1;
  if (byteWidth === 8) {
    const [below = 0n, other = 0n] = new BigInt64Array(elements);
    return (dst, groups) => {
      whole.fillTwo64(dst, groups, last, below, other);
    };
  }
  const { Patterns, fill } = TWO_FILLS[byteWidth as 1 | 2 | 4];
  const [below = 0, other = 0] = new Patterns(elements);
  return (dst, groups) => {
    whole[fill](dst, groups, last, below, other);
  };
}

/** By bytes of an element. */
const TWO_FILLS = {
  1: { Patterns: Uint8Array, fill: 'fillTwo8' },
  2: { Patterns: Uint16Array, fill: 'fillTwo16' },
  4: { Patterns: Int32Array, fill: 'fillTwo32' },
} as const;

function bindIntegers(kernels: WholeModules, draw: DrawOf<IntegersParameters>): FillGroups {
  const { dtype, kernel } = draw;
  const low = signedLow(kernel);
  const range = joinHalves(kernel.last) + 1n;
  if (range < ALL_OF_32_BITS) return bindNarrowRange(kernels['whole-fills'], dtype, Number(range), low);
  if (DTYPES[dtype].byteWidth === 8) return bindWideRange(kernels, dtype, BigInt.asIntN(64, range - 1n), low);
  const { 'whole-fills': whole } = kernels;
  const lowest = Number(BigInt.asIntN(32, low));
  return (dst, groups) => {
    whole.fillUpperHalves(dst, groups, lowest);
  };
}

const ALL_OF_32_BITS = 2n ** 32n;

function bindNarrowRange(whole: WholeFillsExports, dtype: Dtype, range: number, low: bigint): FillGroups {
  const { byteWidth } = DTYPES[dtype];
  if (dtype === 'float64') {
    const lowest = Number(low);
    return (dst, groups) => {
      whole.fillIntegersFloat64(dst, groups, range, lowest);
    };
  }
  if (byteWidth === 8) {
    return (dst, groups) => {
      whole.fillIntegers64(dst, groups, range, low);
    };
  }
  const lowest = Number(BigInt.asIntN(32, low));
  const fill = dtype === 'float32' ? 'fillIntegersFloat32' : INTEGER_FILLS[byteWidth as 1 | 2 | 4];
  return (dst, groups) => {
    whole[fill](dst, groups, range, lowest);
  };
}

/** By bytes of an element. */
const INTEGER_FILLS = { 1: 'fillIntegers8', 2: 'fillIntegers16', 4: 'fillIntegers32' } as const;

/** float32 numbers in those bytes of the tensor that the call has yet to fill, narrowed downwards, two groups at a time. */
function bindNarrowed(
  kernels: WholeModules,
  { dtype, kernel }: DrawOf<IntegersParameters>,
  narrowing: Narrowing,
  aside: boolean,
): FillWhatFits {
  const fill = bindNarrowRange(kernels['whole-fills'], 'float32', kernel.last.low + 1, signedLow(kernel));
  const narrow = bindNarrowing(kernels.narrowing, narrowing);
  const groupBytes = GROUP_ELEMENTS64 * DTYPES[dtype].byteWidth;
  const room = (groups: number): number => 2 * Math.floor((groups * groupBytes) / GROUP_BYTES);
  return (dst, groups) => {
    let left = groups;
    for (let at = dst; left > 0;) {
      const tile = Math.min(aside ? left : room(left), 2 * TILE_GROUPS);
      if (tile === 0) break;
      fill(at, tile);
      narrow(at, at, Math.ceil(tile / 2));
      at += tile * groupBytes;
      left -= tile;
    }
    return left;
  };
}

/** 64-bit words become numbers in place. */
function bindWideRange(
  { fills64, 'whole-fills': whole }: WholeModules,
  dtype: Dtype,
  last: bigint,
  low: bigint,
): FillGroups {
  const spread = isOf(dtype, 'float') ? 'spreadWordsFloat64' : 'spreadWords64';
  return inTiles(
    (dst, groups) => {
      fills64.fillWords64(dst, groups);
    },
    (at, groups) => {
      whole[spread](at, groups, last, low);
    },
  );
}
