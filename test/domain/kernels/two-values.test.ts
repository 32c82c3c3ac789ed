import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillTwoValues } from '../../../src/domain/kernels/two-values.js';

const anyWords = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }));

test('`below` for exactly the words less than the threshold, in every array', () => {
  const law = fc.property(anyWords, fc.integer({ min: 1, max: 2 ** 32 - 1 }), (list, threshold) => {
    const words = Uint32Array.from([...list, 0, threshold - 1, threshold, 2 ** 32 - 1]);
    const expected = [...words].map((word) => (word < threshold ? 3 : -5));
    const parameters = { kind: 'two_values', threshold, below: 3, other: -5 } as const;
    for (const Elements of [Int8Array, Int16Array, Int32Array, Float32Array, Float64Array, BigInt64Array]) {
      const out = new Elements(words.length);
      fillTwoValues(out, words, parameters);
      expect([...out].map(Number)).toEqual(expected);
    }
  });
  fc.assert(law, { seed: 13 });
});
