/** Threads claim each chunk once, from their own queue first, no chunk that is done, and none after a stop. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { ChunkClaims } from '../../../src/engine/jobs/chunk-claims.js';

/** The first chunks of the queues of a job, and its number of chunks. */
const anyQueues = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }).map((sizes) => ({
  queues: sizes.map((_, queue) => sizes.slice(0, queue).reduce((sum, size) => sum + size, 0)),
  chunkCount: sizes.reduce((sum, size) => sum + size, 0),
}));

const claimAll = (claims: ChunkClaims, threads: readonly number[]): number[] => {
  const claimed: number[] = [];
  for (let turn = 0; ; turn++) {
    const chunk = claims.claim(at(threads, turn % threads.length));
    if (chunk < 0) return claimed;
    claimed.push(chunk);
  }
};

const sorted = (chunks: readonly number[]): number[] => chunks.toSorted((a, b) => a - b);

test('every chunk is claimed once, for any queues and threads', () => {
  const anyThreads = fc.array(fc.nat(5), { minLength: 1, maxLength: 8 });
  const law = fc.property(anyQueues, anyThreads, ({ queues, chunkCount }, threads) => {
    const claims = ChunkClaims.create(chunkCount, queues);
    expect(sorted(claimAll(claims, threads))).toEqual(Array.from({ length: chunkCount }, (_, i) => i));
  });
  fc.assert(law);
});

test('a thread claims from its own queue first, then from the next ones', () => {
  const claims = ChunkClaims.create(6, [0, 2, 4]);
  expect(claimAll(claims, [1])).toEqual([2, 3, 4, 5, 0, 1]);
});

test('chunks that are done are not claimed, and a rewind offers the others again', () => {
  const claims = ChunkClaims.create(5);
  claims.markDone(1);
  claims.markDone(3);
  expect(claimAll(claims, [0])).toEqual([0, 2, 4]);
  claims.markDone(2);
  claims.markUndone(3);
  claims.rewind();
  expect(claimAll(claims, [0])).toEqual([0, 3, 4]);
  expect(claims.countLeft()).toBe(3);
});

test('after a stop no chunk is claimed', () => {
  const claims = ChunkClaims.create(3);
  expect(claims.claim(0)).toBe(0);
  claims.stop();
  expect(claims.claim(0)).toBe(-1);
});

test('another thread sees the same claims in the same buffer', () => {
  const claims = ChunkClaims.create(4, [0, 2]);
  const elsewhere = new ChunkClaims(claims.buffer, 4, [0, 2]);
  expect([claims.claim(0), elsewhere.claim(0)]).toEqual([0, 1]);
  elsewhere.markDone(0);
  expect(claims.isDone(0)).toBe(true);
  expect([claims.claimedIn(0), claims.claimedIn(1)]).toEqual([2, 2]);
});
