import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { ceilHalf, floorHalf, HALF_FORMATS, type HalfDtype } from '../../../src/domain/arithmetic/half.js';

const FORMATS = {
  float16: { exponentBits: 5, fractionBits: 10, bias: 15 },
  bfloat16: { exponentBits: 8, fractionBits: 7, bias: 127 },
} as const;
const DTYPES = ['float16', 'bfloat16'] as const;
const PATTERNS = Array.from({ length: 2 ** 16 }, (_, bits) => bits);

/** The value by the definition of a binary floating-point format. */
function valueOf(bits: number, dtype: HalfDtype): number {
  const { exponentBits, fractionBits, bias } = FORMATS[dtype];
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe.each(DTYPES)('%s', (dtype) => {
  const { toBits, fromBits, largest } = HALF_FORMATS[dtype];
  const finite = PATTERNS.filter((bits) => Number.isFinite(valueOf(bits, dtype)));

  test('each of the 65,536 patterns has the value of the definition and, except for NaNs, is the pattern of its value', () => {
    const wrong = PATTERNS.filter((bits) => {
      const value = fromBits(bits);
      if (Number.isNaN(valueOf(bits, dtype)))
        return !Number.isNaN(value) || !Number.isNaN(fromBits(toBits(value)));
      return !Object.is(value, valueOf(bits, dtype)) || toBits(value) !== bits;
    });
    expect(wrong).toEqual([]);
    expect(largest).toBe(Math.max(...finite.map(fromBits)));
  });

  test('between two neighbours, the midpoint rounds to the even one, the float32 values beside it to the nearer one', () => {
    const floats = new Float32Array(1);
    const patterns = new Int32Array(floats.buffer);
    const wrong = finite.filter((bits) => {
      if ((bits & 0x7fff) === (toBits(largest) & 0x7fff)) return false;
      const below = fromBits(bits);
      const above = fromBits(bits + 1); // further from 0: patterns are sign and magnitude
      const middle = (below + above) / 2;
      floats[0] = middle;
      const pattern = at(patterns, 0);
      // bfloat16's subnormal neighbours are 2^16 float32 apart too, so each midpoint is a float32.
      if (floats[0] !== middle) return true;
      patterns[0] = pattern - 1; // towards 0
      const inner = toBits(floats[0]);
      patterns[0] = pattern + 1;
      const outer = toBits(floats[0]);
      return toBits(middle) !== (bits & 1 ? bits + 1 : bits) || inner !== bits || outer !== bits + 1;
    });
    expect(wrong).toEqual([]);
  });

  test('a finite value past the largest half becomes the largest; infinities and NaN stay what they are', () => {
    for (const x of [largest * 1.0001, largest * 1.0009, 3.4028234663852886e38]) {
      expect([fromBits(toBits(x)), fromBits(toBits(-x))]).toEqual([largest, -largest]);
    }
    expect([fromBits(toBits(Infinity)), fromBits(toBits(-Infinity))]).toEqual([Infinity, -Infinity]);
    expect(fromBits(toBits(NaN))).toBeNaN();
    expect([toBits(0), toBits(-0)]).toEqual([0, 0x8000]);
  });

  const sorted = [...new Set(finite.map((bits) => fromBits(bits) + 0))].sort((a, b) => a - b);
  const inRange = fc.oneof(
    fc.double({ noNaN: true, min: -largest, max: largest }),
    fc.double({ noNaN: true, min: -1, max: 1 }),
    fc.double({ noNaN: true, min: -(2 ** -14), max: 2 ** -14 }),
  );
  /** How many halves are at most x. */
  const rankOf = (x: number): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? Infinity) <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  test('floor and ceil are the halves on either side of a double, found by counting', () => {
    const law = fc.property(inRange, (x) => {
      const floor = sorted[rankOf(x) - 1] ?? NaN;
      const ceil = floor === x ? floor : sorted[rankOf(x)];
      expect([floorHalf(x, dtype), ceilHalf(x, dtype)]).toEqual([floor, ceil]);
    });
    fc.assert(law, { numRuns: 5000 });
  });

  test('every half is its own floor and ceil; just beside it both move in the right direction', () => {
    const wrong = sorted.filter((half, i) => {
      const off = Math.abs(half) * 2 ** -50 + Number.MIN_VALUE;
      return (
        !Object.is(floorHalf(half, dtype), half) ||
        !Object.is(ceilHalf(half, dtype), half) ||
        (i > 0 && floorHalf(half - off, dtype) !== sorted[i - 1]) ||
        (i < sorted.length - 1 && ceilHalf(half + off, dtype) !== sorted[i + 1])
      );
    });
    expect(wrong).toEqual([]);
  });

  test('beyond the range a bound rounded inward is the largest half, outward infinite', () => {
    const beyond = largest * 1.5;
    expect([floorHalf(beyond, dtype), ceilHalf(-beyond, dtype)]).toEqual([largest, -largest]);
    expect([ceilHalf(beyond, dtype), floorHalf(-beyond, dtype)]).toEqual([Infinity, -Infinity]);
  });
});

test.each([
  ['float16', 0.1, 0x2e66],
  ['float16', 65_504, 0x7bff],
  ['float16', 2 ** -24, 0x0001],
  ['float16', 2 ** -25, 0x0000],
  ['float16', 1.5 * 2 ** -24, 0x0002],
  ['bfloat16', 0.1, 0x3dcd],
  ['bfloat16', -1 / 3, 0xbeab],
  ['bfloat16', 2 ** -133, 0x0001],
] as const)('%s of %s is 0x%s', (dtype, x, bits) => {
  expect(HALF_FORMATS[dtype].toBits(x)).toBe(bits);
});
