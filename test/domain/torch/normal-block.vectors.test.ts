/** Box and Muller's transform in float32 for every argument of its logarithm, sine and cosine (test/vectors/torch_normals.py). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// The built code: the sources are several times as slow under the test runner.
import { transformSingles } from '#built/domain/torch/normal-block.js';
import { casesOf } from '../../support/thorough.js';

const { factor, summand, piece, sha256_le } = JSON.parse(
  readFileSync('test/vectors/torch_normals.json', 'utf8'),
) as { factor: number; summand: number; piece: number; sha256_le: readonly string[] };

const PAIRS = 2 ** 24;
const HALF_BLOCK = 8;

/** The uniforms of a piece: pair k is k and k * factor + summand, eight pairs a block. */
function uniformsOf(pieceIndex: number): Float32Array {
  const uniforms = new Float32Array(piece);
  let k = (pieceIndex * piece) / 2;
  for (let i = 0; i < piece; i += HALF_BLOCK) {
    for (const end = i + HALF_BLOCK; i < end; i++, k++) {
      uniforms[i] = k / PAIRS;
      uniforms[i + HALF_BLOCK] = ((k * factor + summand) % PAIRS) / PAIRS;
    }
  }
  return uniforms;
}

const pieces = sha256_le.map((hash, index) => ({ index, hash }));
const { length } = pieces;

test.each(casesOf({ few: pieces.filter(({ index }) => index % (length - 1) === 0), all: pieces }))(
  `piece $index of ${length} has the bits of torch's normals`,
  ({ index, hash }) => {
    const values = uniformsOf(index);
    transformSingles(values, { mean: 0, std: 1 });
    expect(createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex')).toBe(hash);
  },
);

test('the pieces have every argument once', () => {
  expect(length * piece).toBe(2 * PAIRS);
  expect(factor % 2).toBe(1);
});
