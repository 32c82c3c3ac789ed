/** torch's draws by SIMD equal the specification byte for byte, for any range. */
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { MAX_WORDS } from '../../../src/domain/streams/mt19937-words.js';
import type { TorchDraw, TorchDtype, TorchKernel } from '../../../src/domain/torch/torch-draw.js';
import { countWords } from '../../../src/domain/torch/words.js';
import { expectParity } from '../../support/parity.js';
import { casesOf } from '../../support/thorough.js';

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

const anyDtype = fc.constantFrom<TorchDtype>('float32', 'float64', 'float16', 'bfloat16');
const anyMagnitude = fc.double({ noNaN: true, min: -7, max: 4.5 }).map((power) => 10 ** power);
const anySigned = fc.tuple(anyMagnitude, fc.constantFrom(-1, 1, 0)).map(([size, sign]) => size * sign);

const anyUniform = fc
  .oneof(
    fc.tuple(anySigned, anySigned),
    anyMagnitude.map((limit) => [-limit, limit] as const),
    fc.tuple(anySigned, anyMagnitude).map(([low, width]) => [low, low + width] as const),
  )
  .map(([a, b]): TorchKernel => ({ kind: 'torch_uniform', low: Math.min(a, b), high: Math.max(a, b) }));
const anyNormal = fc
  .tuple(
    fc.constantFrom('torch_normal', 'torch_truncated_normal'),
    anySigned,
    fc.oneof(anyMagnitude, fc.constant(0)),
  )
  .map(([kind, mean, std]): TorchKernel => ({ kind, mean, std: std / 5 }));

const anySeed = fc.nat(2 ** 32 - 1).map((seed) => [seed]);
/** A state with its next word anywhere: 624 words of no particular seed. */
const anyState = fc
  .tuple(fc.nat(2 ** 32 - 1), fc.nat(624))
  .map(([first, next]) => [
    ...Array.from({ length: 624 }, (_, i) => (Math.imul(i, 0x9e3779b9) ^ first) >>> 0),
    next,
  ]);
const anyRoot = fc.oneof({ weight: 5, arbitrary: anySeed }, { weight: 1, arbitrary: anyState });
/** Most are stepped to, some are jumped to; a draw ends at the last position at the latest. */
const anyFirstWord = fc.oneof(
  { weight: 6, arbitrary: fc.nat(20_000) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 22, 2 ** 23 + 5, 2 ** 40 + 7, 2 ** 52, MAX_WORDS) },
);
/** Elements before the range, its length, elements after it. */
const anyLayout = fc.tuple(
  fc.oneof(fc.nat(40), fc.nat(9000)),
  fc.oneof(fc.nat(60), fc.nat(5000)),
  fc.oneof(fc.nat(40), fc.nat(2000)),
);

const anyDraw = (anyKernel: fc.Arbitrary<TorchKernel>) =>
  fc
    .tuple(anyKernel, anyDtype, anyRoot, anyFirstWord, anyLayout, fc.nat(8))
    .map(([kernel, dtype, root, anyWord, [before, count, after], offset]) => {
      const elementCount = before + count + after;
      const firstWord = Math.min(anyWord, MAX_WORDS - countWords(kernel, dtype, elementCount, false));
      const draw: TorchDraw = { kind: 'torch', dtype, kernel, root, firstWord, elementCount };
      return { draw, range: [before, count, offset] as const };
    });

const numRuns = casesOf({ few: 40, all: 1000 });

test('any uniform and any range', () => {
  const law = fc.property(anyDraw(anyUniform), ({ draw, range }) => {
    expectParity(draw, range);
  });
  fc.assert(law, { numRuns, seed: 12 });
});

test('any normal, truncated or not, and any range', () => {
  const law = fc.property(anyDraw(anyNormal), ({ draw, range }) => {
    expectParity(draw, range);
  });
  fc.assert(law, { numRuns, seed: 13 });
});

const extremes: readonly (readonly [low: number, high: number])[] = [
  [-FLOAT32_MAX / 2, FLOAT32_MAX / 2],
  [0, FLOAT32_MAX],
  [-(2 ** -101), 2 ** -101],
  [-(2 ** -140), 2 ** -140],
  [0, 2 ** -101],
  [2 ** -120, 1],
  [2 ** -60, 1.5],
  [-(2 ** -60), 1.5],
  [2 ** -150, 1.5],
  [-(2 ** -150), 1.5],
  [-0, 0],
  [-0, 1],
  [-1, -0],
  [-1, 0],
  [1, 1],
  [-65_504, 65_504],
  [65_488, 65_504],
  [-65_504, -65_472],
  [-(2 ** -24), 2 ** -24],
  [0, 2 ** -25],
  [-(2 ** -15), 2 ** -26],
  [16_777_215, 16_777_217],
  [0.1, 0.1 + 2 ** -23],
  [1, 1 + 2 ** -40],
];

describe.each(['float32', 'float64', 'float16', 'bfloat16'] as const)('a uniform of %s', (dtype) => {
  test.each(extremes)('from %d to %d', (low, high) => {
    const kernel: TorchKernel = { kind: 'torch_uniform', low, high };
    const draw: TorchDraw = {
      kind: 'torch',
      dtype,
      kernel,
      root: [7],
      firstWord: 5,
      elementCount: 9000,
    };
    expectParity(draw, [777, 8000, 1]);
  });
});

const laws: readonly (readonly [mean: number, std: number])[] = [
  [0, 1],
  [-0, 1],
  [0, 0],
  [-0, 0],
  [3, 0],
  [1e30, 1],
  [0, 2 ** -101],
  [0, 2 ** -140],
  [2 ** -140, 2 ** -120],
  [60_000, 900],
  [60_000, 1000],
  [0, 11_300],
  [0, 2 ** -22],
  [FLOAT32_MAX / 2, FLOAT32_MAX / 16],
];

describe.each(['float32', 'float64', 'float16', 'bfloat16'] as const)('normals of %s', (dtype) => {
  test.each(laws)('with mean %d and std %d', (mean, std) => {
    for (const kind of ['torch_normal', 'torch_truncated_normal'] as const) {
      const kernel: TorchKernel = { kind, mean, std };
      const draw: TorchDraw = {
        kind: 'torch',
        dtype,
        kernel,
        root: [8],
        firstWord: 5,
        elementCount: 3001,
      };
      expectParity(draw, [777, 2224, 1]);
    }
  });
});

const STEP = casesOf({ few: 3, all: 1 });

test('every length from 0 to 40 at every position in a group, to the end of the draw and not', () => {
  for (const kind of ['torch_normal', 'torch_truncated_normal'] as const) {
    const kernel: TorchKernel = { kind, mean: 1, std: 2 };
    for (let position = 0; position < 16; position++) {
      for (let count = 0; count <= 40; count += STEP) {
        for (const after of casesOf({ few: [3], all: [0, 3, 50] })) {
          const elementCount = position + count + after;
          const draw: TorchDraw = {
            kind: 'torch',
            dtype: 'float32',
            kernel,
            root: [9],
            firstWord: 1,
            elementCount,
          };
          expectParity(draw, [position, count, 2]);
        }
      }
    }
  }
});

test('the last words of a sequence, and then its first, are those of the specification', () => {
  const kernel: TorchKernel = { kind: 'torch_uniform', low: 0, high: 1 };
  const base = { kind: 'torch', dtype: 'float32', kernel, root: [6] } as const;
  for (const elementCount of [20, 3000]) {
    for (const firstWord of [MAX_WORDS - elementCount, 0, MAX_WORDS - elementCount]) {
      expectParity({ ...base, firstWord, elementCount }, [0, elementCount, 1]);
    }
  }
});

test('draws of several roots and places on one thread do not mix', () => {
  const kernel: TorchKernel = { kind: 'torch_uniform', low: 0, high: 1 };
  for (const firstWord of [0, 2 ** 24, 5, 2 ** 24 + 1000, 2 ** 24 - 7]) {
    for (const seed of [1, 2]) {
      const draw: TorchDraw = {
        kind: 'torch',
        dtype: 'float32',
        kernel,
        root: [seed],
        firstWord,
        elementCount: 2000,
      };
      expectParity(draw, [0, 2000, 0]);
    }
  }
});
