/** Powers of bases of 0 or more, by multiplications and square roots. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isExponent, portablePower } from '../../../src/domain/arithmetic/powers.js';

const SETTINGS = { seed: 13 } as const;
const anySixteenth = fc.integer({ min: 0, max: 256 }).map((sixteenths) => sixteenths / 16);
const anyBase = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

test('square roots and small whole powers are exact', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 20 }), (base) => {
      expect(portablePower(base, 0.5)).toBe(Math.sqrt(base));
      expect(portablePower(base, 0)).toBe(1);
      expect(portablePower(base, 1)).toBe(base);
      expect(BigInt(portablePower(base, 2))).toBe(BigInt(base) ** 2n);
    }),
    SETTINGS,
  );
});

test('every sixteenth agrees with pow within its roundings', () => {
  fc.assert(
    fc.property(anyBase, anySixteenth, (base, exponent) => {
      const relative = portablePower(base, exponent) / base ** exponent - 1;
      expect(Math.abs(relative)).toBeLessThan((exponent + 10) * 2 ** -53 * 2);
    }),
    SETTINGS,
  );
});

test('powers of 2 are exact as far as they are powers of 2 themselves', () => {
  fc.assert(
    fc.property(fc.integer({ min: -16, max: 16 }), anySixteenth, (log, exponent) => {
      expect(portablePower(2 ** (16 * log), exponent)).toBe(2 ** (16 * log * exponent));
    }),
    SETTINGS,
  );
});

test('an exponent is a multiple of 1/16 within ±16', () => {
  for (const exponent of [0, -0.5, 0.0625, -0.25, 3, -16, 15.9375]) expect(isExponent(exponent)).toBe(true);
  for (const other of [1 / 3, 0.1, 16.5, -17, 2 ** -5, NaN, Infinity, '1', null, undefined])
    expect(isExponent(other)).toBe(false);
});
