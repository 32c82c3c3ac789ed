/** Patterns against the plainest loops that say the same, for whole tensors and for slices of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NARROW_FORMATS } from '../../../src/domain/arithmetic/narrow-floats.js';
import { arangeOf } from '../../../src/domain/patterns/arange.js';
import { heldValue, roundToOdd } from '../../../src/domain/patterns/element-of.js';
import { fillPattern, type Pattern } from '../../../src/domain/patterns/pattern.js';
import { dirac, eye } from '../../../src/domain/patterns/spots.js';
import { DTYPES, elementsAt, type Dtype } from '../../../src/domain/tensors/dtypes.js';
import { countElements } from '../../../src/domain/tensors/shapes.js';
import { unravelIndex } from '../../../src/domain/tensors/element.js';

function drawPattern(dtype: Dtype, pattern: Pattern, start: number, count: number): (number | bigint)[] {
  const bytes = new ArrayBuffer(DTYPES[dtype].byteWidth * count);
  // Ones everywhere: what a pattern leaves out would show.
  new Uint8Array(bytes).fill(0xff);
  const out = elementsAt(dtype, bytes, 0, count);
  fillPattern(dtype, pattern, start, out);
  return [...out];
}

const anyDimension = fc.integer({ min: 0, max: 6 });
const anySpatial = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 });

/** Every element of the tensor by its index, and that any slice of the pattern is the same. */
function checkAll(pattern: Pattern, shape: readonly number[], valueAt: (index: number[]) => number): void {
  const count = countElements(shape);
  const expected = Array.from({ length: count }, (_, i) => valueAt(unravelIndex(i, shape)));
  expect(drawPattern('float64', pattern, 0, count)).toEqual(expected);
  for (const start of [1, 2, 5, Math.floor(count / 2)].filter((first) => first < count)) {
    const length = Math.min(7, count - start);
    expect(drawPattern('float64', pattern, start, length)).toEqual(expected.slice(start, start + length));
  }
}

describe('spots', () => {
  test('eye has its value exactly where row and column are the same', () => {
    const law = fc.property(anyDimension, anyDimension, (rows, columns) => {
      checkAll(eye(rows, columns, 3), [rows, columns], ([row, column]) => (row === column ? 3 : 0));
    });
    fc.assert(law);
  });

  test('dirac has ones as the loops of torch.nn.init.dirac_ set them', () => {
    const law = fc.property(
      fc.integer({ min: 1, max: 4 }),
      anyDimension,
      anyDimension,
      anySpatial,
      (groups, outputs, inputs, spatial) => {
        const shape = [groups * outputs, inputs, ...spatial];
        checkAll(dirac(shape, groups), shape, ([out = 0, input = 0, ...place]) => {
          const isMiddle = place.every((at, axis) => at === Math.floor((spatial[axis] ?? 0) / 2));
          return isMiddle && out % outputs === input ? 1 : 0;
        });
      },
    );
    fc.assert(law);
  });

  test('a diagonal is found beyond 2^40 elements', () => {
    const columns = 2 ** 21;
    const row = 2 ** 20 + 3;
    expect(drawPattern('int8', eye(2 ** 21, columns, 1), row * columns + row - 2, 5)).toEqual([
      0, 0, 1, 0, 0,
    ]);
  });
});

describe('literal', () => {
  test('has its values in order, from any element on', () => {
    const values = [3, -1.5, 0, 7];
    expect(drawPattern('float32', { kind: 'literal', values }, 0, 4)).toEqual(values);
    expect(drawPattern('float32', { kind: 'literal', values }, 2, 2)).toEqual([0, 7]);
  });
});

const anyRepeat = fc.integer({ min: 1, max: 40 });

describe('arange', () => {
  test('counts along its axis, or elements where it has none, each number `repeat` times', () => {
    const anyShape = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 });
    const law = fc.property(
      anyShape,
      fc.nat(2),
      anyRepeat,
      fc.boolean(),
      (shape, anyAxis, repeat, isFlat) => {
        const axis = isFlat ? undefined : anyAxis % shape.length;
        const given = { start: 2, step: -3, repeat };
        checkAll(arangeOf(given, shape, axis), shape, (index) => {
          const flat = index.reduce((all, at, i) => all * (shape[i] ?? 0) + at, 0);
          const counted = axis === undefined ? flat : (index[axis] ?? 0);
          return 2 - 3 * Math.floor(counted / repeat);
        });
      },
    );
    fc.assert(law, { numRuns: 50 });
  });

  test('counts exactly up to 2^53, whatever it repeats', () => {
    const start = 2 ** 53 - 10;
    const pattern = arangeOf({ start: 0, step: 1, repeat: 3 }, [2 ** 53 - 1], undefined);
    const exact = Array.from({ length: 5 }, (_, i) => (BigInt(start) + BigInt(i)) / 3n);
    expect(drawPattern('int64', pattern, start, 5)).toEqual(exact);
  });

  test('is rounded once: a half is the nearest to the double', () => {
    // Rounded to float32 first, it would be a tie, and go to the even half below.
    const start = 1 + 2 ** -11 + 2 ** -40;
    const pattern = arangeOf({ start, step: 0, repeat: 1 }, [1], undefined);
    expect(drawPattern('float16', pattern, 0, 1)).toEqual([NARROW_FORMATS.float16.toBits(1 + 2 ** -10)]);
  });
});

test('rounding to odd keeps what is nearest in every narrow float', () => {
  const dtypes = ['float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'] as const;
  const law = fc.property(
    fc.double({ noNaN: true, min: -400, max: 400 }),
    fc.constantFrom(...dtypes),
    (x, dtype) => {
      const { toBits, fromBits } = NARROW_FORMATS[dtype];
      const held = heldValue(dtype, x);
      const bits = toBits(held);
      expect(fromBits(bits)).toBe(held);
      for (const neighbour of [bits - 1, bits + 1].map(fromBits).filter(Number.isFinite)) {
        expect(Math.abs(neighbour - x)).toBeGreaterThanOrEqual(Math.abs(held - x));
      }
    },
  );
  fc.assert(law, { numRuns: 2000 });
  expect(roundToOdd(0.5)).toBe(0.5);
  expect(roundToOdd(-1e300)).toBe(-(2 - 2 ** -23) * 2 ** 127);
});

test('a double between two float32 is rounded to the one whose last bit is 1', () => {
  const law = fc.property(fc.double({ noNaN: true, min: -3e38, max: 3e38 }), (x) => {
    const rounded = roundToOdd(x);
    const [bits = 0] = new Uint32Array(Float32Array.of(rounded).buffer);
    if (Math.fround(x) === x) expect(Object.is(rounded, x)).toBe(true);
    else {
      expect(bits & 1).toBe(1);
      const [below, above] = [bits - 1, bits + 1].map(
        (near) => new Float32Array(Uint32Array.of(near).buffer)[0],
      );
      const [least = 0, most = 0] = [below ?? 0, above ?? 0].sort((a, b) => a - b);
      expect(least < x && x < most).toBe(true);
    }
  });
  fc.assert(law, { numRuns: 2000 });
});

test.each(['int64', 'uint64'] as const)('%s has bigints', (dtype) => {
  expect(drawPattern(dtype, eye(2, 2, 5), 0, 4)).toEqual([5n, 0n, 0n, 5n]);
  expect(drawPattern(dtype, { kind: 'literal', values: [2 ** 62] }, 0, 1)).toEqual([2n ** 62n]);
});

test.each(['float32', 'float16', 'bfloat16', 'float8_e4m3fn', 'int16', 'uint8', 'bool'] as const)(
  '%s has its own one and zero',
  (dtype) => {
    const one = { float16: 0x3c00, bfloat16: 0x3f80, float8_e4m3fn: 0x38 }[dtype as string] ?? 1;
    expect(drawPattern(dtype, eye(2, 2, 1), 0, 4)).toEqual([one, 0, 0, one]);
  },
);
