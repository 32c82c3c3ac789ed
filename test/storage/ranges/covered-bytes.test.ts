/** Which bytes have been handed out at least once. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CoveredBytes } from '#built/storage/ranges/covered-bytes.js';

const anyRange = fc.tuple(fc.nat(60), fc.nat(12)).map(([start, length]) => [start, start + length] as const);

test('each byte is new once, whatever ranges cover it in whatever order', () => {
  const law = fc.property(fc.array(anyRange, { maxLength: 25 }), (ranges) => {
    const covered = new CoveredBytes();
    const seen = new Set<number>();
    for (const [start, end] of ranges) {
      const expected = Array.from({ length: end - start }, (_, i) => start + i).filter((i) => !seen.has(i));
      const gaps = covered.cover(start, end);
      const found = gaps.flatMap((gap) =>
        Array.from({ length: gap.end - gap.start }, (_, i) => gap.start + i),
      );
      expect(found).toEqual(expected);
      for (const byte of found) seen.add(byte);
    }
  });
  fc.assert(law, { numRuns: 500, seed: 5 });
});
