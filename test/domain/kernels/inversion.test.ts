import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { doubleBits } from '../../../src/domain/arithmetic/bits.js';
import { fillInversion, fillInversion64 } from '../../../src/domain/kernels/inversion.js';
import {
  latticeBits,
  logUniformLaw,
  outermostPoint,
  quantileOf,
  reachOfLaw,
  type InversionLaw,
} from '../../../src/domain/kernels/inversion-laws.js';

const LAWS = {
  exponential: { kind: 'exponential', rate: 1 },
  laplace: { kind: 'laplace', location: 0, scale: 1 },
  cauchy: { kind: 'cauchy', location: 0, scale: 1 },
  gumbel: { kind: 'gumbel', location: 0, scale: 1 },
  log_uniform: logUniformLaw(0.001, 0.1),
} as const satisfies Record<string, InversionLaw>;

const POINTS = [
  -1 + 2 ** -53,
  -1 + 2 ** -32,
  -0.9375,
  -0.5,
  -(2 ** -31),
  2 ** -32,
  0.25,
  0.53125,
  1 - 2 ** -24,
  1 - 2 ** -32,
  1 - 2 ** -53,
];

/**
 * mpmath 1.3.0 at 50 digits, u each of POINTS: repr(float(q(u))) with -log((1-u)/2), sign(u)*-log(1-abs(u)), tan(pi*u/2),
 * -log(-log((1+u)/2)), exp(log(mpf(0.001)) + (log(mpf(0.1)) - log(mpf(0.001)))*(1+u)/2)
 */
const QUANTILES = [
  [
    'exponential',
    [
      5.551115123125783e-17, 1.1641532183371108e-10, 0.0317486983145803, 0.2876820724517809,
      0.693147180094284, 0.6931471807927759, 0.9808292530117262, 1.4508328822574619, 17.328679513998633,
      22.873856958478196, 37.42994775023705,
    ],
  ],
  [
    'laplace',
    [
      -36.7368005696771, -22.18070977791825, -2.772588722239781, -0.6931471805599453, -4.656612874161595e-10,
      2.328306436809747e-10, 0.2876820724517809, 0.7576857016975165, 16.635532333438686, 22.18070977791825,
      36.7368005696771,
    ],
  ],
  [
    'cauchy',
    [
      -5734161139222659.0, -2734261102.3057265, -10.15317038760886, -1.0, -7.314590396335798e-10,
      3.657295198167899e-10, 0.41421356237309503, 1.1033299757334756, 10680707.430881713, 2734261102.3057265,
      5734161139222659.0,
    ],
  ],
  [
    'gumbel',
    [
      -3.62247112598261, -3.129994640884816, -1.242924991852436, -0.326634259978281, 0.36651291990985707,
      0.36651292091756793, 0.7550148625084083, 1.3202714974800027, 17.328679499097472, 22.87385695841999,
      37.42994775023705,
    ],
  ],
  [
    'log_uniform',
    [
      0.0010000000000000002, 0.0010000000005361124, 0.0011547819846894581, 0.0031622776601683794,
      0.009999999989277752, 0.010000000005361123, 0.01778279410038923, 0.0339820832894256, 0.0999999862755243,
      0.09999999994638877, 0.09999999999999998,
    ],
  ],
] as const;

const ulps = (value: number, other: number): number =>
  Math.abs(Number(doubleBits(value) - doubleBits(other)));

test.each(QUANTILES)('%s has the quantiles of high precision, within 4 ulp', (name, expected) => {
  const quantile = quantileOf(LAWS[name]);
  // log_uniform's logarithms are rounded before their difference is multiplied: 2^-52 (3 + 2 |ln 0.001|) at most.
  const most = name === 'log_uniform' ? 16 : 4;
  POINTS.forEach((u, i) => {
    expect(ulps(quantile(u), at(expected, i)), String(u)).toBeLessThanOrEqual(most);
  });
});

const anyLaw = fc.constantFrom(...Object.values(LAWS));
const anyWord = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('a larger word never gives a smaller value, and none lies beyond the reach', () => {
  const floats = new Float32Array(1);
  const doubles = new Float64Array(1);
  const [lowest, highest] = [-Infinity, Infinity];
  const floatOf = (law: InversionLaw, word: number): number => {
    fillInversion(floats, Uint32Array.of(word), { kind: 'inversion', law, lowest, highest });
    return at(floats, 0);
  };
  const doubleOf = (law: InversionLaw, low: number, high: number): number => {
    fillInversion64(doubles, Uint32Array.of(low, high), { kind: 'inversion64', law, lowest, highest });
    return at(doubles, 0);
  };
  fc.assert(
    fc.property(anyLaw, anyWord, anyWord, (law, a, b) => {
      const [less, more] = (a | 0) < (b | 0) ? [a, b] : [b, a];
      const [least, most] = reachOfLaw(law, false);
      expect(floatOf(law, less)).toBeLessThanOrEqual(floatOf(law, more));
      expect(floatOf(law, less)).toBeGreaterThanOrEqual(Math.fround(least));
      expect(floatOf(law, more)).toBeLessThanOrEqual(Math.fround(most));
      const [least64, most64] = reachOfLaw(law, true);
      expect(doubleOf(law, a, less)).toBeGreaterThanOrEqual(least64);
      expect(doubleOf(law, b, more)).toBeLessThanOrEqual(most64);
      if (less !== more) expect(doubleOf(law, a, less)).toBeLessThanOrEqual(doubleOf(law, b, more));
    }),
    { numRuns: 2000 },
  );
  for (const law of Object.values(LAWS)) {
    expect([floatOf(law, 0x80000000), floatOf(law, 0x7fffffff)]).toEqual(
      reachOfLaw(law, false).map(Math.fround),
    );
    expect([doubleOf(law, 0, 0x80000000), doubleOf(law, 0xffffffff, 0x7fffffff)]).toEqual(
      reachOfLaw(law, true),
    );
  }
});

test('the table of reaches has these numbers', () => {
  const reach = (law: InversionLaw, isDouble: boolean): number[] =>
    reachOfLaw(law, isDouble).map((z) => Number(z.toPrecision(4)));
  expect(reach(LAWS.exponential, false)).toEqual([1.164e-10, 22.87]);
  expect(reach(LAWS.laplace, false)).toEqual([-22.18, 22.18]);
  expect(reach(LAWS.cauchy, false)).toEqual([-2.734e9, 2.734e9]);
  expect(reach(LAWS.gumbel, false)).toEqual([-3.13, 22.87]);
  expect(reach(LAWS.exponential, true)).toEqual([5.551e-17, 37.43]);
  expect(reach(LAWS.laplace, true)).toEqual([-36.74, 36.74]);
  expect(reach(LAWS.cauchy, true)).toEqual([-5.734e15, 5.734e15]);
  expect(reach(LAWS.gumbel, true)).toEqual([-3.622, 37.43]);
  expect(Object.values(LAWS).map(latticeBits)).toEqual([32, 32, 32, 32, 24]);
  expect(outermostPoint(24)).toBe(1 - 2 ** -24);
});

test('log_uniform from the least number to the largest neither overflows nor ends in 0', () => {
  const [least, most] = reachOfLaw(logUniformLaw(Number.MIN_VALUE, Number.MAX_VALUE), true);
  expect(least).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(Infinity);
  expect(quantileOf(logUniformLaw(2 ** -1000, 2 ** 1000))(0)).toBeCloseTo(1, 12);
});
