/**
 * Binds kernels of whole numbers and of two values to calls of SIMD code, for each width of an element.
 * @module
 */
import { joinHalves } from '../../domain/arithmetic/multiply-high.js';
import { runDraw, type StreamDraw } from '../../domain/draws/stream-draw.js';
import { signedLow, type IntegersParameters } from '../../domain/kernels/integers.js';
import type { WholeKernel } from '../../domain/kernels/kernel.js';
import type { TwoValuesParameters } from '../../domain/kernels/two-values.js';
import { DTYPES, elementsAt, isOf, type Dtype } from '../../domain/tensors/dtypes.js';
import { inTiles } from './bind.js';
import { leavingNone } from './bind-narrow.js';
import type { BoundDraw } from './bound-draw.js';
import { GROUP_ELEMENTS, GROUP_ELEMENTS64, type FillGroups } from './groups.js';
import type { Kernels } from './kernels.js';
import type { WholeFillsExports } from './whole-module.js';

/** A draw of a kernel. */
type DrawOf<K> = Omit<StreamDraw, 'kernel'> & { readonly kernel: K };

type WholeModules = Pick<Kernels, 'fills' | 'fills64' | 'whole-fills'>;

/** Undefined for integers as halves and 8-bit floats. */
export function bindWhole(
  kernels: WholeModules,
  draw: StreamDraw,
  kernel: WholeKernel,
): BoundDraw | undefined {
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
      if (draw.narrowing !== undefined) return undefined;
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
  const { last } = draw.kernel;
  const low = signedLow(draw.kernel);
  return last.high === 0
    ? bindNarrowRange(kernels['whole-fills'], draw.dtype, last.low, low)
    : bindWideRange(kernels, draw.dtype, BigInt.asIntN(64, joinHalves(last)), low);
}

function bindNarrowRange(whole: WholeFillsExports, dtype: Dtype, last: number, low: bigint): FillGroups {
  const { byteWidth } = DTYPES[dtype];
  if (dtype === 'float64') {
    const lowest = Number(low);
    return (dst, groups) => {
      whole.fillIntegersFloat64(dst, groups, last, lowest);
    };
  }
  if (byteWidth === 8) {
    return (dst, groups) => {
      whole.fillIntegers64(dst, groups, last, low);
    };
  }
  const lowest = Number(BigInt.asIntN(32, low));
  const fill = dtype === 'float32' ? 'fillIntegersFloat32' : INTEGER_FILLS[byteWidth as 1 | 2 | 4];
  return (dst, groups) => {
    whole[fill](dst, groups, last, lowest);
  };
}

/** By bytes of an element. */
const INTEGER_FILLS = { 1: 'fillIntegers8', 2: 'fillIntegers16', 4: 'fillIntegers32' } as const;

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
