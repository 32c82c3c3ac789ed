/** Floats of 8 and 16 bits: what each pattern means, and what a float32 is rounded to. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import {
  ceilNarrow,
  floorNarrow,
  NARROW_FORMATS,
  rankOf,
  valueOfRank,
  type NarrowDtype,
} from '../../../src/domain/arithmetic/narrow-floats.js';

/** `infinite`: the last exponent holds an infinity and NaNs. Otherwise its last pattern alone is a NaN. */
const FORMATS = {
  float16: { exponentBits: 5, fractionBits: 10, bias: 15, infinite: true },
  bfloat16: { exponentBits: 8, fractionBits: 7, bias: 127, infinite: true },
  float8_e4m3fn: { exponentBits: 4, fractionBits: 3, bias: 7, infinite: false },
  float8_e5m2: { exponentBits: 5, fractionBits: 2, bias: 15, infinite: true },
} as const;
const DTYPES = ['float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'] as const;

/** The value by the definition of a binary floating-point format. */
function valueOf(bits: number, dtype: NarrowDtype): number {
  const { exponentBits, fractionBits, bias, infinite } = FORMATS[dtype];
  const sign = bits >> (exponentBits + fractionBits) ? -1 : 1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  if (exponent === 2 ** exponentBits - 1) {
    if (infinite) return fraction === 0 ? sign * Infinity : NaN;
    if (fraction === 1 - 2 ** -fractionBits) return NaN;
  }
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe.each(DTYPES)('%s', (dtype) => {
  const { toBits, fromBits, largest, sign } = NARROW_FORMATS[dtype];
  const patterns = Array.from({ length: 2 * sign }, (_, bits) => bits);
  const finite = patterns.filter((bits) => Number.isFinite(valueOf(bits, dtype)));

  test('each pattern has the value of the definition and, except for NaNs, is the pattern of its value', () => {
    const wrong = patterns.filter((bits) => {
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
    const floatPatterns = new Int32Array(floats.buffer);
    const wrong = finite.filter((bits) => {
      if ((bits & (sign - 1)) === toBits(largest)) return false;
      const below = fromBits(bits);
      const above = fromBits(bits + 1); // further from 0: patterns are sign and magnitude
      const middle = (below + above) / 2;
      floats[0] = middle;
      const pattern = at(floatPatterns, 0);
      // bfloat16's subnormal neighbours are 2^16 float32 apart too, so each midpoint is a float32.
      if (floats[0] !== middle) return true;
      floatPatterns[0] = pattern - 1; // towards 0
      const inner = toBits(floats[0]);
      floatPatterns[0] = pattern + 1;
      const outer = toBits(floats[0]);
      return toBits(middle) !== (bits & 1 ? bits + 1 : bits) || inner !== bits || outer !== bits + 1;
    });
    expect(wrong).toEqual([]);
  });

  test('a finite value past the largest becomes the largest, infinities stay infinite where there are any, NaN stays NaN', () => {
    for (const x of [largest * 1.0001, largest * 1.0009, 3.4028234663852886e38]) {
      expect([fromBits(toBits(x)), fromBits(toBits(-x))]).toEqual([largest, -largest]);
    }
    const infinity = FORMATS[dtype].infinite ? Infinity : NaN;
    expect([fromBits(toBits(Infinity)), fromBits(toBits(-Infinity))]).toEqual([infinity, -infinity]);
    expect(fromBits(toBits(NaN))).toBeNaN();
    expect([toBits(0), toBits(-0)]).toEqual([0, sign]);
  });

  const sorted = [...new Set(finite.map((bits) => fromBits(bits) + 0))].sort((a, b) => a - b);
  const inRange = fc.oneof(
    fc.double({ noNaN: true, min: -largest, max: largest }),
    fc.double({ noNaN: true, min: -1, max: 1 }),
    fc.double({ noNaN: true, min: -(2 ** -14), max: 2 ** -14 }),
  );
  /** How many values are at most x. */
  const countUpTo = (x: number): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? Infinity) <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  test('floor and ceil are the values on either side of a double, found by counting', () => {
    const law = fc.property(inRange, (x) => {
      const floor = sorted[countUpTo(x) - 1] ?? NaN;
      const ceil = floor === x ? floor : sorted[countUpTo(x)];
      expect([floorNarrow(x, dtype), ceilNarrow(x, dtype)]).toEqual([floor, ceil]);
    });
    fc.assert(law, { numRuns: 5000 });
  });

  test('every value is its own floor and ceil; just beside it both move in the right direction', () => {
    const wrong = sorted.filter((value, i) => {
      const off = Math.abs(value) * 2 ** -50 + Number.MIN_VALUE;
      return (
        !Object.is(floorNarrow(value, dtype), value) ||
        !Object.is(ceilNarrow(value, dtype), value) ||
        (i > 0 && floorNarrow(value - off, dtype) !== sorted[i - 1]) ||
        (i < sorted.length - 1 && ceilNarrow(value + off, dtype) !== sorted[i + 1])
      );
    });
    expect(wrong).toEqual([]);
  });

  test('beyond the range a bound rounded inward is the largest value, outward infinite', () => {
    const beyond = largest * 1.5;
    expect([floorNarrow(beyond, dtype), ceilNarrow(-beyond, dtype)]).toEqual([largest, -largest]);
    expect([ceilNarrow(beyond, dtype), floorNarrow(-beyond, dtype)]).toEqual([Infinity, -Infinity]);
  });

  test('ranks count the values from 0 on, in both directions', () => {
    const zero = sorted.indexOf(0);
    const wrong = sorted.filter(
      (value, i) => rankOf(value, dtype) !== i - zero || valueOfRank(i - zero, dtype) !== value,
    );
    expect(wrong).toEqual([]);
    expect(rankOf(-0, dtype)).toBe(0);
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
  // Table 2 of OFP8 1.0: largest, smallest normal, largest and smallest subnormal.
  ['float8_e4m3fn', 448, 0x7e],
  ['float8_e4m3fn', 2 ** -6, 0x08],
  ['float8_e4m3fn', 0.875 * 2 ** -6, 0x07],
  ['float8_e4m3fn', 2 ** -9, 0x01],
  ['float8_e5m2', 57_344, 0x7b],
  ['float8_e5m2', 2 ** -14, 0x04],
  ['float8_e5m2', 0.75 * 2 ** -14, 0x03],
  ['float8_e5m2', 2 ** -16, 0x01],
] as const)('%s of %s is %i', (dtype, x, bits) => {
  expect(NARROW_FORMATS[dtype].toBits(x)).toBe(bits);
});
