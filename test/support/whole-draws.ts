/** Draws of whole numbers and of two values, in every dtype that holds them. */
import fc from 'fast-check';
import type { StreamDraw } from '../../src/domain/draws/stream-draw.js';
import { NARROW_FORMATS, isNarrowDtype } from '../../src/domain/arithmetic/narrow-floats.js';
import { narrowFloatParameters } from '../../src/domain/kernels/narrow-float.js';
import { integersParameters } from '../../src/domain/kernels/integers.js';
import { DTYPE_NAMES, DTYPES, isOf, type Dtype, type OpaqueDtype } from '../../src/domain/tensors/dtypes.js';
import { exactIntegers } from '../../src/domain/tensors/exact-integers.js';

type Unrooted = Omit<StreamDraw, 'root'>;
type NumberDtype = Exclude<Dtype, OpaqueDtype>;

export const NUMBER_DTYPES: readonly NumberDtype[] = DTYPE_NAMES.filter(
  (dtype): dtype is NumberDtype => !isOf(dtype, 'opaque'),
);
const integerDtypes = DTYPE_NAMES.filter((dtype) => isOf(dtype, 'integer'));

/** Often all numbers of a dtype, a few, or 2^32 and its neighbours. */
const anyInterval = (dtype: NumberDtype): fc.Arbitrary<readonly [bigint, bigint]> => {
  const { least, largest } = exactIntegers(dtype);
  const end = largest + 1n;
  const anyEnd = fc.oneof(fc.bigInt({ min: least, max: end }), fc.constantFrom(least, end, 0n));
  const anyRange = fc.oneof(
    fc.bigInt({ min: 1n, max: 20n }),
    fc.bigInt({ min: 2n ** 32n - 1n, max: 2n ** 32n + 1n }),
  );
  return fc
    .oneof(
      fc.constant([least, end] as const),
      fc.tuple(anyEnd, anyEnd).map(([a, b]) => (a < b ? ([a, b] as const) : ([b, a] as const))),
      fc.tuple(anyEnd, anyRange).map(([low, range]) => [low, low + range < end ? low + range : end] as const),
    )
    .filter(([low, high]) => low < high);
};

/** Values of a narrow float are made from float32, within bounds. */
function inDtype(dtype: NumberDtype, kernel: StreamDraw['kernel'], low: number, high: number): Unrooted {
  if (!isNarrowDtype(dtype)) return { kind: 'stream', dtype, kernel };
  return {
    kind: 'stream',
    dtype,
    kernel,
    narrowing: { kind: 'float', ...narrowFloatParameters(dtype, low, high) },
  };
}

const integers = (dtype: NumberDtype): fc.Arbitrary<Unrooted> =>
  anyInterval(dtype).map(([low, high]) =>
    inDtype(dtype, integersParameters(low, high), Number(low), Number(high - 1n)),
  );

const anyThreshold = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  fc.constantFrom(1, 2 ** 31, 2 ** 32 - 1),
);

const twoValues = (dtype: NumberDtype): fc.Arbitrary<Unrooted> =>
  fc
    .tuple(anyThreshold, fc.constantFrom(...valuesOf(dtype)))
    .map(([threshold, [below, other]]) =>
      inDtype(
        dtype,
        { kind: 'two_values', threshold, below, other },
        Math.min(below, other),
        Math.max(below, other),
      ),
    );

function valuesOf(dtype: NumberDtype): readonly (readonly [number, number])[] {
  const choices = [
    [1, 0],
    [0, 1],
  ] as const;
  if (dtype === 'bool' || dtype.startsWith('u')) return choices;
  if (isOf(dtype, 'integer')) return [...choices, [5, -5]];
  const scale = roundTo(dtype, 0.3);
  return [...choices, [scale, -scale]];
}

function roundTo(dtype: NumberDtype, value: number): number {
  if (!isNarrowDtype(dtype)) return dtype === 'float32' ? Math.fround(value) : value;
  const { fromBits, toBits } = NARROW_FORMATS[dtype];
  return fromBits(toBits(value));
}

const bits = (dtype: Dtype): fc.Arbitrary<Unrooted> =>
  fc.constant({
    kind: 'stream',
    dtype,
    kernel: { kind: DTYPES[dtype].byteWidth === 8 ? 'bits64' : 'bits' },
  });

/** Every dtype as often as any other. */
export const anyWholeDraw: fc.Arbitrary<Unrooted> = fc.oneof(
  fc.constantFrom(...NUMBER_DTYPES).chain(integers),
  fc.constantFrom(...NUMBER_DTYPES).chain(twoValues),
  fc.constantFrom(...integerDtypes).chain(bits),
);
