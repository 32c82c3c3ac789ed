/** Random specs of torch's generator: all dtypes that it draws, sizes around a block of normals, normals that are left over between tensors. */
import fc from 'fast-check';

const SIZES = [0, 1, 2, 3, 5, 7, 15, 16, 17, 33, 1000];
const LARGE = [65_537, 300_001];

const anyInit = fc.constantFrom(
  { kind: 'normal', mean: 0.5, std: 2 },
  { kind: 'normal' },
  { kind: 'uniform', low: -1, high: 1 },
  { kind: 'truncated_normal', std: 0.02 },
  { kind: 'zeros' },
  { kind: 'constant', value: 0.5 },
);

/** @param sizes  of the tensors, in elements */
const anyTensors = (sizes: readonly number[], maxLength: number): fc.Arbitrary<readonly TorchTensor[]> =>
  fc
    .array(
      fc.record({
        shape: fc.constantFrom(...sizes).map((size) => [size]),
        dtype: fc.constantFrom('float32', 'float64', 'float16', 'bfloat16'),
        init: anyInit,
      }),
      { minLength: 1, maxLength },
    )
    .map((tensors) => tensors.map((tensor, i) => ({ name: `${i}.w`, ...tensor })));

export interface TorchTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly init: object;
}

export interface TorchSpec {
  readonly generator: 'torch';
  readonly seed: bigint;
  readonly tensors: readonly TorchTensor[];
}

const withSeeds = (tensors: fc.Arbitrary<readonly TorchTensor[]>): fc.Arbitrary<TorchSpec> =>
  fc.record({
    generator: fc.constant('torch' as const),
    seed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    tensors,
  });

export const anySmallSpec = withSeeds(anyTensors(SIZES, 12));

/** With enough elements that threads are started. */
export const anyTorchSpec = withSeeds(
  anyTensors([...SIZES, ...LARGE], 10).map((tensors) => [
    ...tensors,
    { name: 'last', shape: [600, 700], dtype: 'float32', init: { kind: 'normal', std: 0.02 } },
  ]),
);
