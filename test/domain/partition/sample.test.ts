import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_ELEMENTS } from '../../../src/domain/streams/generator.js';
import { sampleExtents } from '../../../src/domain/partition/sample.js';
import { anyName, anySeed } from '../../support/random.js';

const anyFraction = fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true });
const anyBlocks = fc.integer({ min: 1, max: 5000 });
const anyRest = fc.integer({ min: 1, max: BLOCK_ELEMENTS });

test('a sample is whole blocks of the tensor, in order and apart, one from each stratum', () => {
  const property = fc.property(
    anyBlocks,
    anyRest,
    anyFraction,
    anySeed,
    anyName,
    (blocks, rest, fraction, seed, name) => {
      const elementCount = (blocks - 1) * BLOCK_ELEMENTS + rest;
      const extents = sampleExtents(elementCount, fraction, seed, name);
      let end = -1;
      const chosen: number[] = [];
      for (const extent of extents) {
        expect(extent.offset % BLOCK_ELEMENTS).toBe(0);
        expect(extent.offset).toBeGreaterThan(end);
        end = extent.offset + extent.elementCount;
        expect(end % BLOCK_ELEMENTS === 0 || end === elementCount).toBe(true);
        for (let at = extent.offset; at < end; at += BLOCK_ELEMENTS) chosen.push(at / BLOCK_ELEMENTS);
      }
      expect(end).toBeLessThanOrEqual(elementCount);
      const wanted = Math.max(1, Math.ceil(blocks * fraction));
      expect(chosen).toHaveLength(wanted);
      chosen.forEach((block, stratum) => {
        expect(block).toBeGreaterThanOrEqual(Math.floor((stratum * blocks) / wanted));
        expect(block).toBeLessThan(Math.ceil(((stratum + 1) * blocks) / wanted));
      });
    },
  );
  fc.assert(property);
});

test('a sample is the same for the same seed and name, and another for another', () => {
  const sample = (seed: bigint, name: string): unknown => sampleExtents(2 ** 30, 0.01, seed, name);
  expect(sample(1n, 'w')).toEqual(sample(1n, 'w'));
  expect(sample(1n, 'w')).not.toEqual(sample(2n, 'w'));
  expect(sample(1n, 'w')).not.toEqual(sample(1n, 'v'));
});

test('a seed and a name choose the same blocks in every version, so a reported sample can be repeated', () => {
  const extents = sampleExtents(2 ** 30, 0.0004, 1n, 'w');
  const blocks = extents.map(({ offset }) => offset / BLOCK_ELEMENTS);
  expect(blocks).toEqual([2106, 3929, 5767, 9183, 10_919, 12_413, 16_068]);
});

test('over many seeds every block is chosen', () => {
  const met = new Set<number>();
  for (let seed = 0n; seed < 200n; seed++) {
    for (const { offset, elementCount } of sampleExtents(20 * BLOCK_ELEMENTS, 0.1, seed, 'w')) {
      for (let i = 0; i < elementCount; i += BLOCK_ELEMENTS) met.add((offset + i) / BLOCK_ELEMENTS);
    }
  }
  expect(met.size).toBe(20);
});

test('a whole tensor is one extent, the smallest share of the largest tensor one block, an empty tensor none', () => {
  expect(sampleExtents(1_000_000, 1, 1n, 'w')).toEqual([{ offset: 0, elementCount: 1_000_000 }]);
  const [extent, ...others] = sampleExtents(2 ** 53 - 1, Number.MIN_VALUE, 1n, 'w');
  expect(others).toEqual([]);
  expect(extent?.elementCount).toBe(BLOCK_ELEMENTS);
  expect(sampleExtents(0, 0.5, 1n, 'w')).toEqual([]);
});
