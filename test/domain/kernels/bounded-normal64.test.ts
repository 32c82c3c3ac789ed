import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import {
  boundedNormal64Parameters,
  fillBoundedNormal64,
  reachOfBounds64,
  signedDelta64,
} from '../../../src/domain/kernels/bounded-normal64.js';
import { depth64 } from '../../../src/domain/arithmetic/normal-tail64.js';
import { anyBounds } from '../../support/random.js';
import { anyWord64, halvesOf, LAST_WORD } from '../../support/words64.js';

const FIRST_WORD = -LAST_WORD - 1n;
const anyWords = fc
  .array(anyWord64, { minLength: 40, maxLength: 40 })
  .map((words) =>
    [...words, FIRST_WORD, FIRST_WORD + 2n, -1n, 0n, LAST_WORD].sort((a, b) => Number(a > b) - Number(a < b)),
  );
const anyShift = fc.double({ min: -50, max: 50, noNaN: true });
const halvesOfAll = (words: readonly bigint[]): Uint32Array => Uint32Array.from(words.flatMap(halvesOf));
const deltaOf = (word: bigint, parameters: Parameters<typeof signedDelta64>[2]): number =>
  signedDelta64(...halvesOf(word), parameters);

/** Of the anchor. */
const LATTICE_POINTS = [0n, 1n, 2n ** 63n / 3n, 2n ** 62n + 12_345n, 2n ** 63n - 2n ** 40n, 2n ** 63n - 1n];
/**
 * low, high, then z less the anchor at these lattice points, by mpmath 1.3.0 at 60 digits: Newton's iteration for
 * ln Q(a + delta) from erfc.
 */
const DELTAS: readonly (readonly [low: number, high: number, deltas: readonly number[]])[] = [
  [
    6,
    7,
    [
      8.791091919982008e-21, 2.6373275759946023e-20, 0.06539427029642594, 0.11135821550888497,
      0.9999871421832687, 1,
    ],
  ],
  [
    20,
    Infinity,
    [
      2.703779365211683e-21, 8.111338095635049e-21, 0.020212784230159004, 0.03454167651402222,
      0.7800052055296977, 2.1025747674172695,
    ],
  ],
  [
    -40,
    -39.9,
    [
      -0.10000000000000142, -0.10000000000000142, -0.026604709442388776, -0.01690191497596868,
      -2.9310042613697803e-9, -1.3328663453580428e-21,
    ],
  ],
  [
    5,
    5.0001,
    [
      5.419655826514878e-24, 1.6258967479544633e-23, 3.3327778037006696e-5, 4.9993749937452647e-5,
      9.999998807585722e-5, 9.999999999976694e-5,
    ],
  ],
  [-1, 30, [-1, -1, -0.1532425482629609, 0.2001736861668938, 5.198787931178309, 9.09893873571181]],
  [
    -0.001,
    0.001,
    [-0.001, -0.001, -0.0003333332839506228, 2.677003137916762e-18, 0.0009999997615813415, 0.001],
  ],
  [
    -Infinity,
    -3,
    [
      -6.773466924369209, -6.661573209188052, -0.3200752035216507, -0.2051549205989324, -3.630999509089869e-8,
      -1.6511873178975136e-20,
    ],
  ],
  [
    0.3,
    8,
    [
      5.430971433164624e-20, 1.6292914299493874e-19, 0.35969210041472116, 0.5740544939140749,
      5.04364276714096, 7.699995900314275,
    ],
  ],
  [-3, 0.5, [-3, -3, -0.7342853606161571, -0.3950413667808851, 0.49999976632795873, 0.5]],
  [
    4.5,
    Infinity,
    [
      1.1523474256087777e-20, 3.457042276826333e-20, 0.08544381828447935, 0.14518775100570003,
      2.659440762063418, 5.862203453797711,
    ],
  ],
  [
    0,
    Infinity,
    [
      6.794229552421306e-20, 2.0382688657263917e-19, 0.4307272992954575, 0.6744897501960838,
      5.294704084854681, 9.155293772686072,
    ],
  ],
  [
    1,
    1.3,
    [
      1.3857683700503025e-20, 4.157305110150907e-20, 0.08918118347602087, 0.13719748402988902,
      0.2999999569719118, 0.30000000000000004,
    ],
  ],
];

test.each(DELTAS)('[%d, %d]: distances within 1e-13 of exact ones', (low, high, deltas) => {
  const parameters = boundedNormal64Parameters(0, 1, low, high);
  deltas.forEach((wanted, i) => {
    const found = deltaOf((at(LATTICE_POINTS, i) << 1n) + FIRST_WORD, parameters);
    // The position of 0 among the words has 53 bits.
    const positionError = low < 0 && high > 0 ? (high - low) * 2 ** -53 : 0;
    expect(Math.abs(found - wanted)).toBeLessThan(1e-13 * Math.abs(wanted) + positionError);
  });
});

test('every value lies within the bounds, taken exactly; a larger word never gives a value noticeably smaller', () => {
  const law = fc.property(anyBounds, anyWords, anyShift, ([low, high], words, mean) => {
    const out = new Float64Array(words.length);
    const parameters = boundedNormal64Parameters(mean, 1, low, high);
    if (parameters.lowest > parameters.highest) return; // no double between them: the recipe refuses
    fillBoundedNormal64(out, halvesOfAll(words), parameters);
    const [least, most] = reachOfBounds64(low, high);
    out.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(parameters.lowest);
      expect(value).toBeLessThanOrEqual(parameters.highest);
      const slack = 1e-13 * (most - least) + 2 ** -51 * (Math.abs(value) + Math.abs(mean));
      expect(value - (out[i - 1] ?? -Infinity)).toBeGreaterThanOrEqual(-slack);
      expect(value).toBeGreaterThanOrEqual(mean + least - slack);
      expect(value).toBeLessThanOrEqual(mean + most + slack);
    });
  });
  fc.assert(law, { numRuns: 300 });
});

test('one-sided: the share of the tail beyond a value is what its word says, for any bound', () => {
  const anyAnchor = fc.oneof(
    fc.double({ min: 0, max: 12, noNaN: true }),
    fc.double({ min: 0, max: 1e4, noNaN: true }),
  );
  const law = fc.property(anyAnchor, anyWords, (low, words) => {
    const parameters = boundedNormal64Parameters(0, 1, low, Infinity);
    for (const word of words) {
      const taken = (Number((word - FIRST_WORD) >> 1n) + 0.5) * 2 ** -63;
      const left = (Number((LAST_WORD - word) >> 1n) + 0.5) * 2 ** -63;
      const wanted = taken < 0.5 ? -Math.log1p(-taken) : -Math.log(left);
      const found = depth64(low, deltaOf(word, parameters));
      // Depth changes at most twice as much as delta, relatively.
      expect(Math.abs(found - wanted)).toBeLessThan(2e-13 * wanted);
    }
  });
  fc.assert(law, { numRuns: 100 });
});

test('mirrored bounds give mirrored values', () => {
  const law = fc.property(anyBounds, anyWords, ([low, high], words) => {
    fc.pre(low >= 0 || high <= 0 || low === -high); // a split within a step would be rounded either way
    const there = boundedNormal64Parameters(0, 1, low, high);
    const back = boundedNormal64Parameters(0, 1, -high, -low);
    for (const word of words) expect(deltaOf(word, there)).toBe(-deltaOf(~word, back));
  });
  fc.assert(law, { numRuns: 100 });
});

test('bounds are exact: base and bounds are rounded once, the bounds inward', () => {
  // 1 + 2^-60 * 2^-60 rounds to 1, and 1 is not within.
  expect(boundedNormal64Parameters(1, 2 ** -60, 2 ** -60, 1).lowest).toBe(1 + 2 ** -52);
  expect(boundedNormal64Parameters(-1, 2 ** -60, -1, -(2 ** -60)).highest).toBe(-1 - 2 ** -52);
  // 0.1 and 0.3 are above a tenth and below three: what is left is 0.1 * 3 - 0.3 as the doubles are, 2.8e-17.
  expect(boundedNormal64Parameters(-0.3, 0.1, 3, 4).base).toBe(2.7755575615628914e-17);
  expect(boundedNormal64Parameters(-0, 0, 3, 4)).toMatchObject({ base: 0, lowest: 0, highest: 0 });
});

test('a bound that no word reaches has no effect', () => {
  const [far, endless] = [40, Infinity].map((high) => boundedNormal64Parameters(0, 1, 3, high));
  expect({ ...far, highest: Infinity }).toEqual(endless);
});
