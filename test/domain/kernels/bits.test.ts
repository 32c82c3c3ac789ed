import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillBits, fillBits64 } from '../../../src/domain/kernels/bits.js';
import { anyWord64, halvesOf } from '../../support/words64.js';

const anyWords = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 })).map((words) => Uint32Array.from(words));

test('an integer of 32 bits or fewer has the low bits of its word', () => {
  const law = fc.property(anyWords, (words) => {
    for (const Elements of [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
      const out = new Elements(words.length);
      fillBits(out, words);
      const bits = 8 * Elements.BYTES_PER_ELEMENT;
      expect([...out].map((value) => BigInt.asUintN(bits, BigInt(value)))).toEqual(
        [...words].map((word) => BigInt.asUintN(bits, BigInt(word))),
      );
    }
  });
  fc.assert(law, { seed: 13 });
});

test('an integer of 64 bits is its word', () => {
  const law = fc.property(fc.array(anyWord64), (list) => {
    const words = Uint32Array.from(list.flatMap(halvesOf));
    const [signed, unsigned] = [new BigInt64Array(list.length), new BigUint64Array(list.length)];
    fillBits64(signed, words);
    fillBits64(unsigned, words);
    expect([...signed]).toEqual(list.map((word) => BigInt.asIntN(64, word)));
    expect([...unsigned]).toEqual(list.map((word) => BigInt.asUintN(64, word)));
  });
  fc.assert(law, { seed: 13 });
});
