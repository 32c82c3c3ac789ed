/**
 * Random specs that mix all dtypes and kinds of draws: 8-bit floats, whole numbers, packed elements, constants, patterns, rows, sparse and
 * orthogonal matrices, ties and streams.
 */
import fc from 'fast-check';

interface AnyTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly init: object;
  readonly stream?: string;
}

const anySide = fc.integer({ min: 1, max: 90 });
const anyMatrix = fc.tuple(anySide, anySide);
const anyLong = fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 200, max: 700 }));
const FLOATS = ['float32', 'float64', 'float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'] as const;
const WHOLES = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const;
const ONES = ['float8_e8m0fnu', ...WHOLES, 'bool'] as const;
/** Opaque dtypes of whole bytes. */
const ZEROS = ['float8_e4m3fnuz', 'float8_e5m2fnuz', 'complex64'] as const;

const tensors = (
  dtypes: readonly string[],
  shape: fc.Arbitrary<readonly number[]>,
  ...inits: readonly object[]
): fc.Arbitrary<AnyTensor> =>
  fc.record({ dtype: fc.constantFrom(...dtypes), shape, init: fc.constantFrom(...inits) });

const ROWS = [
  { from: 1, to: 3, init: { kind: 'eye', gain: 0.5 } },
  { from: 3, to: 90, init: { kind: 'sparse', sparsity: 0.3, std: 0.5 } },
];

const anyTensor = fc.oneof(
  tensors(
    FLOATS,
    anyLong,
    ...[
      { kind: 'normal', std: 0.5 },
      { kind: 'uniform', low: -1, high: 1 },
      { kind: 'laplace', scale: 0.5 },
    ],
  ),
  tensors(WHOLES, anyLong, { kind: 'integers', low: 0, high: 100 }, { kind: 'bits' }),
  tensors(['bool', 'int64', 'float8_e4m3fn'], anyLong, { kind: 'bernoulli', p: 0.3 }),
  tensors(ONES, anyMatrix, { kind: 'ones' }),
  tensors(ZEROS, anyMatrix, { kind: 'zeros' }),
  // A multiple of 8 elements fills whole bytes.
  tensors(
    ['float4_e2m1fn', 'float6_e2m3fn', 'float6_e3m2fn'],
    anySide.map((side) => [side, 8]),
    { kind: 'zeros' },
  ),
  tensors([...FLOATS, 'int64'], anyMatrix, { kind: 'eye' }),
  tensors(['float32', 'int32', 'int64'], anyLong, { kind: 'arange', axis: 0 }, { kind: 'arange', repeat: 7 }),
  tensors(FLOATS, fc.constant([8, 4, 3, 3]), { kind: 'dirac', groups: 2 }, { kind: 'orthogonal' }),
  tensors(FLOATS, fc.constant([3]), { kind: 'values', values: [1, 0, -0.5] }),
  tensors(FLOATS, anyMatrix, { kind: 'sparse', sparsity: 0.3, std: 0.5 }, { kind: 'orthogonal' }),
  tensors(
    FLOATS,
    anySide.map((columns) => [90, columns]),
    ...[
      { kind: 'normal', std: 0.5, zero_rows: [0, 89] },
      { kind: 'zeros', rows: ROWS },
    ],
  ),
  anyMatrix.map((shape) => ({
    dtype: 'float32',
    shape,
    init: { kind: 'wage', bits: 4, codes: 'pack-quantized' },
  })),
);

/** The last tensor has the bytes of the second; another draws from a stream of another name. */
export const anyMixedSpec = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.array(anyTensor, { minLength: 3, maxLength: 8 }),
    anyMatrix,
  )
  .map(([seed, list, shape]) => ({
    seed: String(seed),
    tensors: [
      // Enough that threads are started.
      { name: 'first', dtype: 'float32', shape: [600, 600], init: { kind: 'ones' } },
      { name: 'drawn', dtype: 'float8_e4m3fn', shape, init: { kind: 'normal' }, stream: 'another' },
      ...list.map((tensor, i) => ({ name: `t${i}`, ...tensor })),
      { name: 'tied', shape, same_as: 'drawn' },
    ],
  }));
