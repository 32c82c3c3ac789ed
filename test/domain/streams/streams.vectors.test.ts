/** The byte contract as test/vectors/streams.py writes it, in another language and with jumps by brute force. */
import { readFileSync } from 'node:fs';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { xoroshiro128plus } from '../../../src/domain/streams/xoroshiro128plus.js';

interface Vectors {
  readonly outputs_of_state_1_2: readonly string[];
  readonly roots: readonly { seed: string; name: string; root: readonly [string, string] }[];
  readonly blocks: readonly { seed: string; name: string; block: number; first_words: string }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/streams.json', import.meta.url), 'utf8'),
) as Vectors;

const asHalves = (word: bigint): [number, number] => [
  Number(BigInt.asIntN(32, word >> 32n)),
  Number(BigInt.asIntN(32, word)),
];

test('pure-rand gives the low halves of the reference outputs', () => {
  const generator = xoroshiro128plusFromState([...asHalves(1n), ...asHalves(2n)]);
  const low = vectors.outputs_of_state_1_2.map((output) => Number(BigInt.asIntN(32, BigInt(output))));
  expect(low.map(() => generator.next())).toEqual(low);
});

test.each(vectors.roots)('root of seed $seed, name "$name"', ({ seed, name, root }) => {
  expect(xoroshiro128plus.root(BigInt(seed), name)).toEqual(root.flatMap((word) => asHalves(BigInt(word))));
});

test.each(vectors.blocks)(
  'first words of seed $seed, name "$name", block $block',
  ({ seed, name, block, first_words }) => {
    const words = new Uint32Array(first_words.length / 8);
    xoroshiro128plus.openBlock(xoroshiro128plus.root(BigInt(seed), name), block, 0).read(words);
    expect(Buffer.from(words.buffer).toString('hex')).toBe(first_words);
  },
);
