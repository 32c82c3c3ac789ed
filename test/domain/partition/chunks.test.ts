import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_ELEMENTS } from '../../../src/domain/streams/generator.js';
import {
  chooseChunkElements,
  chunkAt,
  cutStretches,
  planChunks,
  type Chunk,
  type Chunks,
} from '../../../src/domain/partition/chunks.js';

const allChunks = (chunks: Chunks): Chunk[] =>
  Array.from({ length: chunks.chunkCount }, (_, i) => chunkAt(chunks, i));

const anyExtent = fc.record({
  offset: fc.nat(2 ** 20),
  elementCount: fc.oneof(fc.constant(0), fc.nat(2 ** 20)),
});
const anyChunkSize = fc.integer({ min: 1, max: 4 }).map((blocks) => blocks * BLOCK_ELEMENTS);

test('chunks tile every tensor without gaps or overlaps, and none is empty', () => {
  const tiling = fc.property(fc.array(anyExtent), anyChunkSize, (extents, chunkElements) => {
    const chunks = planChunks(extents, chunkElements);
    const next = extents.map(({ offset }) => offset);
    for (const { tensor, start, elementCount } of allChunks(chunks)) {
      expect(start).toBe(next[tensor]);
      expect(elementCount).toBeGreaterThan(0);
      next[tensor] = start + elementCount;
    }
    expect(next).toEqual(extents.map(({ offset, elementCount }) => offset + elementCount));
    expect(chunks.elementCount).toBe(extents.reduce((sum, { elementCount }) => sum + elementCount, 0));
  });
  fc.assert(tiling);
});

test('a chunk begins and ends at whole blocks, except at the ends of its tensor', () => {
  const aligned = fc.property(anyExtent, anyChunkSize, (extent, chunkElements) => {
    for (const { start, elementCount } of allChunks(planChunks([extent], chunkElements))) {
      if (start !== extent.offset) expect(start % BLOCK_ELEMENTS).toBe(0);
      const end = start + elementCount;
      if (end !== extent.offset + extent.elementCount) expect(end % BLOCK_ELEMENTS).toBe(0);
    }
  });
  fc.assert(aligned);
});

test('arithmetic is exact up to 2^53 - 1 elements, and there are never more than about 2^20 chunks', () => {
  const huge = fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
    const [offset, end] = a < b ? [a, b] : [b, a];
    const chunks = planChunks([{ offset, elementCount: end - offset }]);
    expect(chunks.chunkCount).toBeLessThanOrEqual(2 ** 20 + 1);
    if (chunks.chunkCount === 0) return;
    const first = chunkAt(chunks, 0);
    const last = chunkAt(chunks, chunks.chunkCount - 1);
    expect(first.start).toBe(offset);
    // In bigints: a sum that was rounded would differ.
    expect(BigInt(last.start) + BigInt(last.elementCount)).toBe(BigInt(end));
    const middle = Math.floor(chunks.chunkCount / 2);
    if (middle === 0) return;
    const before = chunkAt(chunks, middle - 1);
    expect(BigInt(before.start) + BigInt(before.elementCount)).toBe(BigInt(chunkAt(chunks, middle).start));
  });
  fc.assert(huge);
});

test('a 5 GiB tensor beside others: claims past 2^32 bytes land on the right elements', () => {
  const elementCount = (5 * 2 ** 30) / 4;
  const chunks = planChunks([
    { offset: 0, elementCount: 10 },
    { offset: 0, elementCount },
    { offset: 3, elementCount: 0 },
  ]);
  const last = chunkAt(chunks, chunks.chunkCount - 1);
  expect(last).toEqual({
    tensor: 1,
    start: elementCount - chunks.chunkElements,
    elementCount: chunks.chunkElements,
  });
  expect(last.start * 4).toBeGreaterThan(2 ** 32);
});

test('the chunk size is whole blocks and grows only where there would be more than 2^20 chunks', () => {
  expect(chooseChunkElements(2 ** 38)).toBe(chooseChunkElements(1));
  const law = fc.property(fc.maxSafeNat(), (elements) => {
    expect(chooseChunkElements(elements) % BLOCK_ELEMENTS).toBe(0);
  });
  fc.assert(law);
});

test('stretches cover all chunks in order, none is empty, and their sizes differ by one at most', () => {
  const anyCount = fc.integer({ min: 1, max: 2 ** 20 });
  const law = fc.property(anyCount, fc.integer({ min: 1, max: 300 }), (chunkCount, threads) => {
    const firsts = cutStretches(chunkCount, threads);
    const sizes = firsts.map((first, i) => (firsts[i + 1] ?? chunkCount) - first);
    expect(firsts[0]).toBe(0);
    expect(firsts.length).toBe(Math.min(threads, chunkCount));
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
  fc.assert(law);
  expect(cutStretches(0, 4)).toEqual([0]);
});

const anyCut = fc.record({
  elements: fc.integer({ min: 2 ** 14 - 5, max: 3 * BLOCK_ELEMENTS }),
  fromEnd: fc.boolean(),
});

test('an extent with a cut of its own is tiled by multiples of it, from its end if the last elements are the most work', () => {
  const tiling = fc.property(anyExtent, anyCut, anyExtent, (extent, cut, other) => {
    const chunks = planChunks([other, { ...extent, cut }, other]);
    const own = allChunks(chunks).filter(({ tensor }) => tensor === 1);
    const ordered = cut.fromEnd ? own.toReversed() : own;
    let next = extent.offset;
    for (const { start, elementCount } of ordered) {
      expect(start).toBe(next);
      if (start !== extent.offset) expect(start % cut.elements).toBe(0);
      expect(elementCount).toBeGreaterThan(0);
      expect(elementCount).toBeLessThanOrEqual(cut.elements);
      next += elementCount;
    }
    expect(next).toBe(extent.offset + extent.elementCount);
    expect(allChunks(chunks).filter(({ tensor }) => tensor === 0)).toEqual(allChunks(planChunks([other])));
  });
  fc.assert(tiling, { numRuns: 200 });
});

test('where there would be too many chunks, those of a cut grow too', () => {
  const extent = { offset: 0, elementCount: 2 ** 45, cut: { elements: 2 ** 16 + 7, fromEnd: true } };
  const chunks = planChunks([extent]);
  expect(chunks.chunkCount).toBeLessThanOrEqual(2 ** 20 + 1);
  expect(chunkAt(chunks, 1).elementCount % extent.cut.elements).toBe(0);
});
