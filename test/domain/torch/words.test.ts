import { expect, test } from 'vitest';
import { countWords, leavesCached } from '../../../src/domain/torch/words.js';
import type { TorchDtype, TorchKernel } from '../../../src/domain/torch/torch-draw.js';

const uniform: TorchKernel = { kind: 'torch_uniform', low: -1, high: 1 };
const normal: TorchKernel = { kind: 'torch_normal', mean: 0, std: 1 };
const truncated: TorchKernel = { kind: 'torch_truncated_normal', mean: 0, std: 1 };

test('a uniform takes one word for each element, two in float64', () => {
  expect(countWords(uniform, 'float16', 1001, false)).toBe(1001);
  expect(countWords(uniform, 'float64', 1001, true)).toBe(2002);
});

/** Read off torch 2.13.0 by the generator's state before and after: [elements, cached before, words, cached after]. */
const SHORT = [
  [0, false, 0, false],
  [0, true, 0, true],
  [1, false, 4, true],
  [1, true, 0, false],
  [2, false, 4, false],
  [2, true, 4, true],
  [3, false, 8, true],
  [15, false, 32, true],
  [15, true, 28, false],
] as const;

test.each(SHORT)(
  '%i normals (cached before: %s) take %i words (cached after: %s)',
  (count, before, words, after) => {
    for (const dtype of ['float32', 'float64', 'float16', 'bfloat16'] as const) {
      expect(countWords(normal, dtype, count, before)).toBe(words);
    }
    expect(leavesCached(count, before)).toBe(after);
  },
);

const LONG: readonly (readonly [TorchDtype, number, number])[] = [
  ['float32', 16, 16],
  ['float32', 17, 33],
  ['float64', 32, 64],
  ['float64', 33, 98],
  ['float16', 17, 32],
  ['bfloat16', 31, 32],
  ['bfloat16', 48, 48],
];

test.each(LONG)('%s: %i normals take %i words, those of the last 16 a second time', (dtype, count, words) => {
  expect(countWords(normal, dtype, count, true)).toBe(words);
  expect(countWords(normal, dtype, count, false)).toBe(words);
});

test('a truncated normal takes the words of four times as many normals', () => {
  for (const count of [0, 1, 3, 4, 5, 1000]) {
    for (const cached of [false, true]) {
      const words = countWords(normal, 'float16', 4 * count, cached);
      expect(countWords(truncated, 'float16', count, cached)).toBe(words);
    }
  }
});
