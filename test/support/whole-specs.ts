/** Specs of whole numbers, bits and coins, in every dtype that holds them. */
import fc from 'fast-check';
import { isOf, type Dtype, type OpaqueDtype } from '../../src/domain/tensors/dtypes.js';
import { exactIntegers } from '../../src/domain/tensors/exact-integers.js';
import { NUMBER_DTYPES } from './whole-draws.js';

export interface WholeSpec {
  readonly seed: string;
  readonly tensors: readonly object[];
}

type NumberDtype = Exclude<Dtype, OpaqueDtype>;

/** As a spec writes it: digits from 2^53 on. */
const written = (integer: bigint): number | string =>
  Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer);

function anyIntegers(dtype: NumberDtype): fc.Arbitrary<object> {
  const { least, largest } = exactIntegers(dtype);
  const anyEnd = fc.oneof(fc.bigInt({ min: least, max: largest }), fc.constantFrom(least, largest));
  return fc.tuple(anyEnd, anyEnd).map(([a, b]) => {
    const [low, last] = a < b ? [a, b] : [b, a];
    return { kind: 'integers', low: written(low), high: written(last + 1n) };
  });
}

function anyInitOf(dtype: NumberDtype): fc.Arbitrary<object> {
  const isWhole = isOf(dtype, 'integer', 'boolean');
  const isSigned = exactIntegers(dtype).least < 0n;
  return fc.oneof(
    anyIntegers(dtype),
    fc.constantFrom(0.25, 0.3, 0.999, 0, 1).map((p) => ({ kind: 'bernoulli', p })),
    ...(isWhole ? [fc.constant({ kind: 'bits' })] : []),
    ...(isSigned ? [fc.constantFrom(1, 3).map((scale) => ({ kind: 'rademacher', scale }))] : []),
  );
}

const anyTensor = (longest: number): fc.Arbitrary<object> =>
  fc
    .constantFrom(...NUMBER_DTYPES)
    .chain((dtype) =>
      fc.record(
        { dtype: fc.constant(dtype), shape: fc.tuple(fc.nat(longest)), init: anyInitOf(dtype) },
        { noNullPrototype: true },
      ),
    );

const anySpecOf = (longest: number): fc.Arbitrary<WholeSpec> =>
  fc
    .tuple(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.array(anyTensor(longest), { minLength: 1, maxLength: 6 }),
    )
    .map(([seed, tensors]) => ({
      seed: String(seed),
      tensors: tensors.map((tensor, i) => ({ name: `t${i}`, ...tensor })),
    }));

export const anyWholeSpec = anySpecOf(300_000);
export const anySmallWholeSpec = anySpecOf(300);
