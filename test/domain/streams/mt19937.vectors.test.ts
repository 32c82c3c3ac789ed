/** mt19937 as torch and numpy draw it: test/vectors/torch_words.py. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seedState, temper, twist } from '#built/domain/streams/mt19937.js';
import { openWords, stateAt } from '#built/domain/streams/mt19937-words.js';

interface Vectors {
  readonly rows: readonly { seed: number; position: number; words: string; state: string }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/torch_words.json', import.meta.url), 'utf8'),
) as Vectors;

test("the 10,000th word of seed 5489 is the C++ standard's: 4123659995", () => {
  const state = seedState(5489);
  for (let block = 0; block <= Math.floor(9999 / 624); block++) twist(state);
  expect(temper(state[9999 % 624] ?? 0) >>> 0).toBe(4_123_659_995);
});

test.each(vectors.rows)('seed $seed, word $position on', ({ seed, position, words }) => {
  const read = new Uint32Array(8);
  openWords([seed], position).read(read);
  expect(Buffer.from(read.buffer).toString('hex')).toBe(words);
});

test.each(vectors.rows)('the state of seed $seed after $position words, all 32 bits of each', (row) => {
  const { block } = stateAt([row.seed], row.position - 1);
  expect(createHash('sha256').update(block).digest('hex')).toBe(row.state);
});
