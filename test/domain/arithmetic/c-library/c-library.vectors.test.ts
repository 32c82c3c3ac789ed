/** The C library's own numbers (test/vectors/README.md has their origin): every row, to the last bit. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { doubleBits, doubleOfBits } from '../../../../src/domain/arithmetic/bits.js';
import { log } from '../../../../src/domain/arithmetic/c-library/log.js';
import { log1p } from '../../../../src/domain/arithmetic/c-library/log1p.js';
import { sincos } from '../../../../src/domain/arithmetic/c-library/sincos.js';

interface Vectors {
  readonly sha256: Readonly<Record<string, string>>;
  readonly log: readonly (readonly [x: string, value: string])[];
  readonly log1p: readonly (readonly [x: string, value: string])[];
  readonly sincos: readonly (readonly [x: string, sine: string, cosine: string])[];
}

const vectors = JSON.parse(readFileSync('test/vectors/c_library.json', 'utf8')) as Vectors;

const doubleOf = (hex: string): number => doubleOfBits(BigInt(`0x${hex}`));
const hexOf = (x: number): string => BigInt.asUintN(64, doubleBits(x)).toString(16).padStart(16, '0');

test.each([
  ['log', log, vectors.log],
  ['log1p', log1p, vectors.log1p],
] as const)('%s is that of the C library', (_, compute, rows) => {
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.map(([x]) => [x, hexOf(compute(doubleOf(x)))])).toEqual(rows);
});

test('sincos is that of the C library', () => {
  expect(vectors.sincos.length).toBeGreaterThan(150);
  const pair = new Float64Array(2);
  const values = vectors.sincos.map(([x]) => {
    sincos(doubleOf(x), pair);
    return [x, ...Array.from(pair, hexOf)];
  });
  expect(values).toEqual(vectors.sincos);
});

/** As vectors/c_library.py spreads them over [0, 1). */
const spread = (i: number): number =>
  Number(((BigInt(i) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn) >> 11n) * 2 ** -53;

const WRITE_ALL = {
  'log(1 - u)': (u: number, out: number[]) => out.push(log(1 - u)),
  'log1p(-u)': (u: number, out: number[]) => out.push(log1p(-u)),
  'sincos(2 pi u)': (u: number, out: number[]) => {
    const pair = new Float64Array(2);
    sincos(2 * Math.PI * u, pair);
    out.push(...pair);
  },
};

test.each(Object.entries(WRITE_ALL))('%s has the same bits in 131,072 places', (name, write) => {
  const values: number[] = [];
  for (let i = 0; i < 2 ** 17; i++) write(spread(i), values);
  const bytes = Buffer.from(Float64Array.from(values).buffer);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(vectors.sha256[name]);
});
