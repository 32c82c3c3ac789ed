import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseByteSize } from '../../src/base/byte-size.js';
import {
  formatByteSize,
  formatCount,
  formatNumber,
  formatRate,
  formatShare,
  groupDigits,
} from '../../src/text/numbers.js';

test.each<[bytes: number, text: string]>([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 KB'],
  [16_060_556_376, '16.06 GB'],
  [999_994, '999.99 KB'],
  [999_996, '1.00 MB'],
  [141_107_412_992, '141.11 GB'],
  [5e15, '5000.00 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatByteSize(bytes)).toBe(text);
});

test.each<[bytes: number, text: string]>([
  [999, '999 B'],
  [1000, '1.0 KB'],
  [999_949, '999.9 KB'],
  [999_950, '1.0 MB'],
  [999_999, '1.0 MB'],
  [999_950_000, '1.0 GB'],
])('%d bytes are, to one digit, %s', (bytes, text) => {
  expect(formatByteSize(bytes, 1)).toBe(text);
});

test('no size below a thousand terabytes is shown as a thousand of its unit', () => {
  const anySize = fc.tuple(fc.constantFrom(1e3, 1e6, 1e9, 1e12), fc.integer({ min: 0, max: 1000 }));
  const law = fc.property(anySize, fc.nat(2), ([unit, less], digits) => {
    const text = formatByteSize(Math.max(0, unit - less * (unit / 1e5)), digits);
    expect(Number(text.split(' ')[0])).toBeLessThan(1000);
  });
  fc.assert(law);
});

test('a formatted size parses to the same size, within half a percent', () => {
  const law = fc.property(fc.integer({ min: 1, max: 2 ** 52 }), (bytes) => {
    const read = parseByteSize(formatByteSize(bytes).replace(/ B$/, ''), 'size');
    expect(Math.abs(read - bytes)).toBeLessThanOrEqual(bytes / 200);
  });
  fc.assert(law);
});

test('a rate has the unit of its size', () => {
  expect(formatRate(6_100_000_000, 1000)).toBe('6.10 GB/s');
  expect(formatRate(440, 2)).toBe('220.00 KB/s');
});

test('thousands are grouped', () => {
  expect([0, 999, 1000, 12_973_440].map(groupDigits)).toEqual(['0', '999', '1,000', '12,973,440']);
});

test('one is singular, none and several are plural', () => {
  expect([0, 1, 2, 1024].map((count) => formatCount(count, 'tensor'))).toEqual([
    '0 tensors',
    '1 tensor',
    '2 tensors',
    '1,024 tensors',
  ]);
  expect(formatCount(1, 'element differs', 'elements differ')).toBe('1 element differs');
});

test.each<[value: number, digits: number, text: string]>([
  [0, 4, '0'],
  [0.020_041_7, 4, '0.02004'],
  [-1152, 6, '-1152'],
  [1e30, 5, '1e30'],
  [2.5e-7, 5, '2.5e-7'],
  [1_234_567, 4, '1.235e6'],
  [Infinity, 4, 'Infinity'],
  [NaN, 4, 'NaN'],
])('%d has, in %i digits, the form %s', (value, digits, text) => {
  expect(formatNumber(value, digits)).toBe(text);
});

test('only the whole is 100 %', () => {
  expect([0.9996, 1, 0.5, 0.999_999_999].map((share) => formatShare(share))).toEqual([
    'over 99 %',
    '100 %',
    '50 %',
    'over 99 %',
  ]);
  expect([0.0909, 0.999_99].map((share) => formatShare(share, 3))).toEqual(['9.09 %', 'over 99.9 %']);
});
