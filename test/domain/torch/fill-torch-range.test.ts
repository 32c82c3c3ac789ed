import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DTYPES, elementsAt } from '../../../src/domain/tensors/dtypes.js';
import { fillTorchRange } from '../../../src/domain/torch/fill-torch-range.js';
import { cachedAfter } from '../../../src/domain/torch/normal-pairs.js';
import type {
  TorchDraw,
  TorchDtype,
  TorchElements,
  TorchKernel,
} from '../../../src/domain/torch/torch-draw.js';
import { countWords } from '../../../src/domain/torch/words.js';
import { rootOfWords } from '../../support/chosen-words.js';

const NORMAL: TorchKernel = { kind: 'torch_normal', mean: 0.25, std: 1.5 };
const STANDARD: TorchKernel = { kind: 'torch_normal', mean: 0, std: 1 };
const UNIFORM: TorchKernel = { kind: 'torch_uniform', low: -0.1, high: 0.3 };
const TRUNCATED: TorchKernel = { kind: 'torch_truncated_normal', mean: 0.25, std: 1.5 };

const makeDraw = (
  kernel: TorchKernel,
  dtype: TorchDtype,
  elementCount: number,
  rest: Partial<TorchDraw> = {},
): TorchDraw => ({ kind: 'torch', root: [42], firstWord: 0, kernel, dtype, elementCount, ...rest });

function fill(draw: TorchDraw, start = 0, count = draw.elementCount - start): TorchElements {
  const { byteWidth } = DTYPES[draw.dtype];
  const out = elementsAt(draw.dtype, new ArrayBuffer(count * byteWidth), 0, count);
  fillTorchRange(draw, start, out);
  return out;
}

const dtypes = ['float32', 'float64', 'float16', 'bfloat16'] as const;
const anyDtype = fc.constantFrom(...dtypes);
const anyKernel = fc.constantFrom(UNIFORM, NORMAL, TRUNCATED);

test('any range of a draw has the bytes of the whole, about blocks, pieces and the last 16 as well', () => {
  const anyCount = fc.oneof(fc.nat(40), fc.integer({ min: 2030, max: 2100 }), fc.nat(5000));
  const anyRange = anyCount.chain((count) =>
    fc.tuple(fc.constant(count), fc.nat(count), fc.oneof(fc.nat(count), fc.nat(20))),
  );
  const law = fc.property(anyKernel, anyDtype, anyRange, fc.boolean(), (kernel, dtype, range, cached) => {
    const [count, back, length] = range;
    const start = count - back;
    const draw = makeDraw(kernel, dtype, count, { firstWord: 1000, ...(cached && { cachedNormal: 0.5 }) });
    const end = Math.min(count, start + length);
    expect(fill(draw, start, end - start)).toEqual(fill(draw).subarray(start, end));
  });
  fc.assert(law, { numRuns: 150 });
});

describe('where 16 does not divide the normals', () => {
  const COUNT = 16 * 7 + 5;

  test.each(dtypes)('%s: the last 16 are those that the words after the others give', (dtype) => {
    const draw = makeDraw(NORMAL, dtype, COUNT);
    const uniforms = dtype === 'float16' || dtype === 'bfloat16' ? 16 * 7 : COUNT;
    const firstWord = uniforms * (dtype === 'float64' ? 2 : 1);
    expect(fill(draw, COUNT - 16)).toEqual(fill(makeDraw(NORMAL, dtype, 16, { firstWord })));
    expect(countWords(NORMAL, dtype, COUNT, false)).toBe(firstWord + (dtype === 'float64' ? 32 : 16));
  });

  test.each(dtypes)('%s: the others are those of a longer draw', (dtype) => {
    const longer = fill(makeDraw(NORMAL, dtype, COUNT + 11));
    expect(fill(makeDraw(NORMAL, dtype, COUNT), 0, COUNT - 16)).toEqual(longer.subarray(0, COUNT - 16));
  });
});

test('a few elements of 2^40 are those of a draw that begins at their words', () => {
  const count = 2 ** 40 + 5;
  const start = 2 ** 40 - 32;
  for (const [kernel, dtype, width] of [
    [UNIFORM, 'bfloat16', 1],
    [NORMAL, 'float32', 1],
    [NORMAL, 'float64', 2],
    [TRUNCATED, 'float16', 4],
  ] as const) {
    const nearer = makeDraw(kernel, dtype, 48, { firstWord: width * start });
    expect(fill(makeDraw(kernel, dtype, count), start + 3, 10)).toEqual(fill(nearer, 3, 10));
  }
});

test('a range across the beginning of the last 16 of 2^40 elements', () => {
  const count = 2 ** 40 + 5;
  const draw = makeDraw(NORMAL, 'float32', count);
  const redone = fill(makeDraw(NORMAL, 'float32', 16, { firstWord: count }));
  const before = fill(makeDraw(NORMAL, 'float32', 16, { firstWord: 2 ** 40 - 16 }));
  expect([...fill(draw, count - 20)]).toEqual([...before.subarray(1, 5), ...redone]);
});

test('a std of 0 takes the same words and gives the mean; equal bounds give the bound', () => {
  const constant: TorchKernel = { kind: 'torch_normal', mean: -3, std: 0 };
  for (const dtype of dtypes) {
    for (const count of [7, 23]) {
      const draw = makeDraw(constant, dtype, count);
      expect(new Set(fill(draw))).toEqual(new Set(fill(makeDraw(constant, dtype, 1))));
      expect(countWords(constant, dtype, count, false)).toBe(countWords(NORMAL, dtype, count, false));
    }
  }
  expect([...fill(makeDraw({ kind: 'torch_uniform', low: 2, high: 2 }, 'float32', 3))]).toEqual([2, 2, 2]);
  const zeros = fill(makeDraw({ kind: 'torch_uniform', low: -0, high: 0 }, 'float64', 2));
  expect([...zeros]).toEqual([-0, -0]);
});

test('a half that rounds to -0 equals a high of 0, and becomes low', () => {
  const kernel: TorchKernel = { kind: 'torch_uniform', low: -1e-6, high: 0 };
  const root = rootOfWords([0xffffff, 0x800000, 0]);
  const step = 2 ** -24;
  expect(fill(makeDraw(kernel, 'float16', 3, { root }))).toEqual(
    Uint16Array.from([1e-6, 0.5e-6, 1e-6], (x) => 0x8000 | Math.round(x / step)),
  );
});

test('a half that is too large becomes infinite, as a cast in C does', () => {
  const wide: TorchKernel = { kind: 'torch_normal', mean: 0, std: 1e5 };
  const halves = fill(makeDraw(wide, 'float16', 1000));
  expect(halves.filter((half) => (half & 0x7fff) === 0x7c00).length).toBeGreaterThan(300);
  expect(halves.filter((half) => (half & 0x7fff) > 0x7c00)).toHaveLength(0);
});

describe('the cached normal', () => {
  test('is the second of a pair, and the first normal of the next draw', () => {
    const three = makeDraw(STANDARD, 'float64', 3);
    const cachedNormal = cachedAfter(three);
    expect(cachedNormal).toBe(fill(makeDraw(STANDARD, 'float64', 4))[3]);
    const firstWord = countWords(STANDARD, 'float64', 3, false);
    const rest = fill(makeDraw(STANDARD, 'float64', 2, { firstWord, cachedNormal }));
    expect([...fill(three), ...rest]).toEqual([...fill(makeDraw(STANDARD, 'float64', 5))]);
  });

  test('changes no uniforms, and not 16 normals or more', () => {
    const cachedNormal = 0.75;
    for (const [kernel, count] of [
      [UNIFORM, 3],
      [NORMAL, 16],
      [TRUNCATED, 4],
    ] as const) {
      const draw = makeDraw(kernel, 'float32', count, { cachedNormal });
      expect(fill(draw)).toEqual(fill(makeDraw(kernel, 'float32', count)));
    }
  });

  test('stays after no normals, is used up by one, and is not left by two', () => {
    const cachedNormal = 0.75;
    expect(cachedAfter(makeDraw(NORMAL, 'float32', 0, { cachedNormal }))).toBe(cachedNormal);
    expect(cachedAfter(makeDraw(NORMAL, 'float32', 1, { cachedNormal }))).toBeUndefined();
    expect(cachedAfter(makeDraw(NORMAL, 'float32', 2))).toBeUndefined();
  });
});

describe('a truncated normal', () => {
  const unscaled: TorchKernel = { kind: 'torch_truncated_normal', mean: 0, std: 1 };
  /** A block's first words: 1 - u and so the radius, from 5.77 for this word down to 0 for word 0. */
  const FAR = 0xffffff;

  test('is the first of four normals that lies within, both bounds excluded', () => {
    // Angles of 0: the normals are the radii.
    const root = rootOfWords([FAR, FAR, 0, FAR, 0, FAR, FAR, FAR, 0, 0, 0, 0, 0, 0, 0, 0]);
    const normals = fill(makeDraw(STANDARD, 'float32', 16, { root }));
    expect(fill(makeDraw(unscaled, 'float32', 4, { root }), 0, 2)).toEqual(
      Float32Array.of(normals[2] ?? NaN, normals[4] ?? NaN),
    );
  });

  test('is the first of the four where all lie outside: the leak', () => {
    const root = rootOfWords([FAR - 1, FAR, FAR, FAR]);
    const [first] = fill(makeDraw(unscaled, 'float32', 4, { root }));
    expect(first).toBe(fill(makeDraw(STANDARD, 'float32', 16, { root }))[0]);
    expect(first).toBeGreaterThan(5.6);
  });
});
