import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import type { StreamState } from '../../../src/domain/streams/generator.js';
import { seedState, STATE_WORDS, temper, twist, unrollWords } from '#built/domain/streams/mt19937.js';
import { MAX_WORDS, openWords, stateAt } from '#built/domain/streams/mt19937-words.js';

const WORD_COUNT = 2 ** 21;

/** The tempered words of a seed, by brute force. */
function draw(seed: number, wordCount: number): Uint32Array {
  const block = seedState(seed);
  twist(block);
  return unrollWords(block, Math.max(wordCount, STATE_WORDS)).map(temper);
}

const SEEDS = [3, 4, 5];
const words = SEEDS.map((seed) => draw(seed, WORD_COUNT));

function read(root: StreamState, position: number, count: number): Uint32Array {
  const out = new Uint32Array(count);
  openWords(root, position).read(out);
  return out;
}

const anyRead = fc.record({
  seed: fc.nat(SEEDS.length - 1),
  position: fc.oneof(fc.nat(WORD_COUNT - 3000), fc.nat(5000), fc.constantFrom(0, 623, 624, 625, 1248)),
  count: fc.nat(3000),
});

test('any reads of any seeds, forward and backward, give the words that steps give', () => {
  const law = fc.property(fc.array(anyRead, { minLength: 1, maxLength: 20 }), (reads) => {
    for (const { seed, position, count } of reads) {
      expect(read([at(SEEDS, seed)], position, count)).toEqual(
        at(words, seed).slice(position, position + count),
      );
    }
  });
  fc.assert(law, { numRuns: 20 });
});

test('sources of one root that are read in turns do not disturb each other', () => {
  const anyTurns = fc.array(fc.tuple(fc.nat(3), fc.nat(1500)), { maxLength: 40 });
  const anyStarts = fc.array(fc.nat(10_000), { minLength: 4, maxLength: 4 });
  const law = fc.property(anyStarts, anyTurns, (starts, turns) => {
    const sources = starts.map((start) => ({ next: start, source: openWords([at(SEEDS, 0)], start) }));
    for (const [turn, count] of turns) {
      const reader = at(sources, turn);
      const out = new Uint32Array(count);
      reader.source.read(out);
      expect(out).toEqual(at(words, 0).slice(reader.next, reader.next + count));
      reader.next += count;
    }
  });
  fc.assert(law, { numRuns: 30 });
});

test('a root that is a state goes on from it: word p is what word n + p of the seed is', () => {
  const law = fc.property(fc.nat(5000), fc.nat(2 ** 20), (drawn, position) => {
    const { block, index } = stateAt([at(SEEDS, 1)], drawn);
    expect(read([...block, index], position, 700)).toEqual(
      at(words, 1).slice(drawn + position, drawn + position + 700),
    );
  });
  fc.assert(law, { numRuns: 30 });
});

test('a state at its end, index 624, goes on with the next block', () => {
  const { block } = stateAt([at(SEEDS, 2)], 0);
  expect(read([...block, STATE_WORDS], 0, 10)).toEqual(at(words, 2).slice(STATE_WORDS, STATE_WORDS + 10));
});

test('the block of a position is the raw one that holds it, and belongs to the caller', () => {
  const first = stateAt([at(SEEDS, 0)], 1000);
  expect(first.index).toBe(1000 % STATE_WORDS);
  expect(temper(at(first.block, first.index)) >>> 0).toBe(at(words, 0)[1000]);
  first.block.fill(0);
  expect(stateAt([at(SEEDS, 0)], 1000).block).not.toEqual(first.block);
});

test('far positions are reached two ways: from the root, and from a state between', () => {
  const law = fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
    fc.pre(a + b < 2 ** 53 - 2000);
    const { block, index } = stateAt([7], a);
    expect(read([...block, index], b, 100)).toEqual(read([7], a + b, 100));
  });
  fc.assert(law, { numRuns: 5 });
});

test('a position that is no whole number, or beyond the last, is refused', () => {
  for (const position of [-1, 0.5, Number.NaN, 2 ** 53, MAX_WORDS + 1]) {
    expect(() => openWords([1], position)).toThrow(RangeError);
  }
});

test('the last words before the last position follow one another', () => {
  const last = read([1], MAX_WORDS - 700, 700);
  expect(read([1], MAX_WORDS - 20, 20)).toEqual(last.slice(-20));
  const { block, index } = stateAt([1], MAX_WORDS - 700);
  expect(read([...block, index], 0, 700)).toEqual(last);
});
