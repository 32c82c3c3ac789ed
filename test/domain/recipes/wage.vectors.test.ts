/** Upstream's own numbers (test/vectors/README.md has their origin): every row, to the last bit. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { JumpfillError, NotImplementedError, ValueError } from '../../../src/base/errors.js';
import { scaleLimitOf, wageLimits } from '../../../src/domain/recipes/wage.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8'));

type ScaleRow = readonly [
  bits: number,
  limitHex: string,
  limit: number,
  returnedHex: string,
  returned: number,
  scale: number,
];
const scaleRows = (read('scale_limit.json') as { rows: readonly ScaleRow[] }).rows;

interface WageRow {
  readonly shape: readonly number[];
  readonly bits_W: number;
  readonly factor: number;
  /** A string where it is too large to be exact as a number (2^53 + 1). */
  readonly fan_in: number | string;
  readonly float_limit: number;
  readonly quant_limit: number;
  readonly weight_scale: number;
  readonly exception?: string;
}
const wageRows = (read('wage_init.json') as { rows: readonly WageRow[] }).rows;

test('scaleLimit gives the limit and the scale of all 2,094 rows', () => {
  expect(scaleRows).toHaveLength(2094);
  const ours = scaleRows.map(([bits, , limit]) => scaleLimitOf(limit, bits));
  expect(ours).toEqual(scaleRows.map(([, , , , limit, weightScale]) => ({ limit, weightScale })));
});

test('Math.round in place of half-to-even would be noticed', () => {
  const wrong = scaleRows.filter(([bits, , limit, , , scale]) => {
    const widest = 1.5 / 2 ** (bits - 1);
    return Math.max(2 ** Math.round(Math.log2(widest / limit)), 1) !== scale;
  });
  expect(wrong.length).toBeGreaterThan(50);
});

describe('wageLimits', () => {
  const good = wageRows.filter((row) => row.exception === undefined);
  test(`gives fan-in, float limit, limit and scale of all ${good.length} rows that upstream fills`, () => {
    expect(good.length).toBeGreaterThan(100);
    const ours = good.map(({ shape, bits_W, factor }) => wageLimits(shape, bits_W, factor));
    const theirs = good.map(({ fan_in, float_limit, quant_limit, weight_scale }) => ({
      fanIn: Number(fan_in),
      floatLimit: float_limit,
      limit: quant_limit,
      weightScale: weight_scale,
    }));
    expect(ours).toEqual(theirs);
  });

  const bad = wageRows.filter((row) => row.exception !== undefined);
  test(`of the ${bad.length} rows on which upstream fails, refuses those of fan-in 0 that are not empty by their first dimension`, () => {
    expect(bad.length).toBeGreaterThan(0);
    for (const { shape, bits_W, factor } of bad) {
      const compute = (): unknown => wageLimits(shape, bits_W, factor);
      if (shape.slice(1).includes(0) && shape[0] !== 0) expect(compute, String(shape)).toThrow(ValueError);
      // Empty by its first dimension: there is nothing to draw, so nothing to fail on.
      else expect(compute, String(shape)).not.toThrow();
    }
  });
});

test('VGG-7 at 2 bits and factor 1 has the scales of the WAGE authors’ training log', () => {
  const shapes = [
    [128, 3, 3, 3],
    [128, 128, 3, 3],
    [256, 128, 3, 3],
    [256, 256, 3, 3],
    [512, 256, 3, 3],
    [512, 512, 3, 3],
    [1024, 8192],
    [10, 1024],
  ];
  expect(shapes.map((shape) => wageLimits(shape, 2, 1).weightScale)).toEqual([2, 16, 16, 16, 16, 32, 32, 16]);
});

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action();
  } catch (error) {
    if (error instanceof JumpfillError) return error.code;
    throw error;
  }
  return undefined;
};

test.each([0, -0, -0.1, NaN, Infinity, -Infinity, 5e-324])(
  'a limit of %s is refused, as upstream refuses it',
  (limit) => {
    expect(codeOf(() => scaleLimitOf(limit, 8))).toBe('BAD_LIMIT');
  },
);

test.each([0, -1, -10, 2.5, NaN, Infinity, 1025, '8', null, undefined, true])(
  'a bit width of %s is refused',
  (bits) => {
    expect(codeOf(() => scaleLimitOf(0.1, bits as number))).toBe('BAD_BITS');
  },
);

test('the message on -1 says that it is not a width', () => {
  expect(() => scaleLimitOf(0.1, -1)).toThrow(/no quantization.*not a width/);
});

test('bit widths up to 1024 and limits of every size work as upstream does', () => {
  expect(scaleLimitOf(0.1, 1024)).toEqual({ limit: 0.1, weightScale: 1 });
  expect(scaleLimitOf(1e-300, 8)).toEqual({ limit: 0.01171875, weightScale: 2 ** 990 });
  expect(scaleLimitOf(Number.MAX_VALUE, 8)).toEqual({ limit: Number.MAX_VALUE, weightScale: 1 });
});

test.each([0, -1, NaN, Infinity, '1', null])('a factor of %s is refused', (factor) => {
  expect(codeOf(() => wageLimits([2, 2], 2, factor as number))).toBe('BAD_FACTOR');
});

test('the mode is checked before anything else, the number of dimensions before the rest', () => {
  const init = { kind: 'wage', bits: -1, factor: NaN, mode: 'fan_out' as 'fan_in', codes: false } as const;
  const form = { shape: [4], dtype: 'float32' } as const;
  expect(() => resolveRecipe(init, form)).toThrow(NotImplementedError);
  expect(codeOf(() => resolveRecipe({ ...init, mode: 'fan_in' }, form))).toBe('BAD_SHAPE');
});

test('a limit that float32 cannot hold is refused', () => {
  const init = { kind: 'wage', bits: 2, factor: 1e80, mode: 'fan_in', codes: false } as const;
  expect(codeOf(() => resolveRecipe(init, { shape: [2, 2], dtype: 'float32' }))).toBe('BAD_LIMIT');
});

test('no scale is ever infinite: where 2^n overflows the limit is refused', () => {
  expect(codeOf(() => scaleLimitOf(1.5 / 1.5e308, 1))).toBe('BAD_LIMIT');
  expect(scaleLimitOf(1.5 / 2 ** 1023, 1).weightScale).toBe(2 ** 1023);
});

test('fan-in 0 in a tensor that is empty by its first dimension: nothing to draw, and the scale of an infinite limit', () => {
  const init = { kind: 'wage', bits: 2, factor: 1, mode: 'fan_in', codes: false } as const;
  expect(resolveRecipe(init, { shape: [0, 0], dtype: 'float32' }).facts).toEqual({
    fanIn: 0,
    weightScale: 1,
  });
  expect(codeOf(() => resolveRecipe(init, { shape: [4, 0], dtype: 'float32' }))).toBe('BAD_SHAPE');
});
