/** The C library's own numbers (test/vectors/README.md has their origin): every row, to the last bit. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { doubleBits, doubleOfBits } from '../../../../src/domain/arithmetic/bits.js';
import { log } from '../../../../src/domain/arithmetic/c-library/log.js';
import { log1p } from '../../../../src/domain/arithmetic/c-library/log1p.js';
import { sincos } from '../../../../src/domain/arithmetic/c-library/sincos.js';

interface Vectors {
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
