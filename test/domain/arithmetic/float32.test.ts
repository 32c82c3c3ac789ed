import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ceilFloat32, floorFloat32 } from '../../../src/domain/arithmetic/float32.js';

const anyDouble = fc.double({ noNaN: true, min: -3e38, max: 3e38 });
const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });

test('floor and ceil enclose a double between neighbouring float32 values', () => {
  const law = fc.property(anyDouble, (x) => {
    const low = floorFloat32(x);
    const high = ceilFloat32(x);
    expect([Math.fround(low), Math.fround(high)]).toEqual([low, high]);
    expect(low <= x && x <= high).toBe(true);
    expect([low, high]).toContain(Math.fround(x));
    // Neighbours: no float32 lies strictly between them.
    const middle = Math.fround(low / 2 + high / 2);
    expect(middle === low || middle === high).toBe(true);
  });
  fc.assert(law, { numRuns: 2000 });
});

test('a float32 is its own floor and ceil', () => {
  const law = fc.property(anyFloat, (x) => {
    expect(floorFloat32(x) === x && ceilFloat32(x) === x).toBe(true);
  });
  fc.assert(law);
});

test.each([
  [0.1, 0.09999999403953552, 0.10000000149011612],
  [1e-50, 0, 2 ** -149],
  [-1e-50, -(2 ** -149), -0],
  [1 + 2 ** -30, 1, 1 + 2 ** -23],
])('%s lies in [%s, %s]', (x, low, high) => {
  expect(floorFloat32(x)).toBe(low);
  expect(ceilFloat32(x) === high).toBe(true);
});
