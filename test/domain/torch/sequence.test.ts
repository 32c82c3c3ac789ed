import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { MAX_WORDS } from '../../../src/domain/streams/mt19937-words.js';
import { cachedAfter } from '../../../src/domain/torch/normal-pairs.js';
import { TorchSequence } from '../../../src/domain/torch/sequence.js';
import type { TorchDraw, TorchDtype, TorchKernel } from '../../../src/domain/torch/torch-draw.js';
import { countWords } from '../../../src/domain/torch/words.js';

const UNIFORM: TorchKernel = { kind: 'torch_uniform', low: 0, high: 1 };
const NORMAL: TorchKernel = { kind: 'torch_normal', mean: 0, std: 1 };
const TRUNCATED: TorchKernel = { kind: 'torch_truncated_normal', mean: 0, std: 1 };

const anyCall = fc.record({
  kernel: fc.constantFrom(UNIFORM, NORMAL, TRUNCATED),
  dtype: fc.constantFrom<TorchDtype>('float32', 'float64', 'float16', 'bfloat16'),
  elementCount: fc.oneof(fc.nat(20), fc.nat(3000)),
});

test('each draw begins where the one before it ended', () => {
  const law = fc.property(fc.array(anyCall, { maxLength: 20 }), (calls) => {
    const sequence = new TorchSequence([5]);
    for (const { kernel, dtype, elementCount } of calls) {
      const before = sequence.position;
      const isCached = sequence.cachedNormal !== undefined;
      const draw = sequence.take(kernel, dtype, elementCount);
      expect(draw).toMatchObject({ firstWord: before, kernel, dtype, elementCount, root: [5] });
      expect(sequence.position - before).toBe(countWords(kernel, dtype, elementCount, isCached));
    }
  });
  fc.assert(law);
});

test('a normal is cached by an odd number of fewer than 16, and stays until fewer than 16 are drawn again', () => {
  const sequence = new TorchSequence([5]);
  const single = sequence.take(NORMAL, 'float32', 1);
  const cached = cachedAfter(single);
  expect(cached).toBeTypeOf('number');
  const others: TorchDraw[] = [
    sequence.take(UNIFORM, 'float64', 3),
    sequence.take(NORMAL, 'float16', 16),
    sequence.take(TRUNCATED, 'float32', 4),
    sequence.take(NORMAL, 'float32', 0),
  ];
  for (const draw of others) expect(draw).not.toHaveProperty('cachedNormal');
  expect(sequence.cachedNormal).toBe(cached);
  const next = sequence.take(NORMAL, 'float64', 1);
  expect(next.cachedNormal).toBe(cached);
  expect(countWords(NORMAL, 'float64', 1, true)).toBe(0);
  expect(sequence.cachedNormal).toBeUndefined();
});

test('a sequence that moves to the origin of one of its draws makes that draw again', () => {
  const law = fc.property(fc.array(anyCall, { minLength: 1, maxLength: 12 }), fc.nat(11), (calls, i) => {
    const sequence = new TorchSequence([6]);
    const draws = calls.map(({ kernel, dtype, elementCount }) => sequence.take(kernel, dtype, elementCount));
    const draw = at(draws, i % draws.length);
    sequence.moveTo(draw);
    expect(sequence.take(draw.kernel, draw.dtype, draw.elementCount)).toEqual(draw);
  });
  fc.assert(law);
});

test('a draw that is skipped leaves the sequence where the draw itself would', () => {
  const law = fc.property(fc.array(anyCall, { maxLength: 12 }), anyCall, (calls, last) => {
    const [skipping, drawing] = [new TorchSequence([7]), new TorchSequence([7])];
    for (const { kernel, dtype, elementCount } of calls) {
      drawing.take(kernel, dtype, elementCount);
      skipping.skip(kernel, dtype, elementCount);
    }
    const uses = drawing.usesCached(last.kernel, last.elementCount);
    expect(skipping.usesCached(last.kernel, last.elementCount)).toBe(uses);
    const [draw, other] = [drawing, skipping].map((sequence) =>
      sequence.take(last.kernel, last.dtype, last.elementCount),
    );
    expect(other).toEqual(draw);
    expect(draw?.cachedNormal !== undefined).toBe(uses);
    expect(skipping.cachedNormal).toBe(drawing.cachedNormal);
  });
  fc.assert(law);
});

test('a draw that would go beyond the last position is refused and takes nothing', () => {
  const sequence = new TorchSequence([1], { firstWord: MAX_WORDS - 10 });
  const take = (): unknown => sequence.take(UNIFORM, 'float64', 6);
  expect(take).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }) as Error);
  expect(sequence.position).toBe(MAX_WORDS - 10);
  expect(sequence.take(UNIFORM, 'float64', 5).firstWord).toBe(MAX_WORDS - 10);
});
