/**
 * Samples of a tensor: whole blocks, chosen at random and spread over all of it. The tensor is cut into as many equal strata as the
 * sample has blocks, and one block is drawn from each, so damage that covers two strata is always found.
 * @module
 */
import { at } from '../../base/at.js';
import { BLOCK_ELEMENTS } from '../streams/generator.js';
import { DEFAULT_GENERATOR, GENERATORS } from '../streams/generators.js';
import type { Extent } from './chunks.js';

/** Words to read at once; a multiple of 16. */
const WORDS = 4096;

/**
 * @param fraction  of the blocks, above 0 and at most 1; at least one block is chosen
 * @param seed      chooses the blocks, with the name
 * @returns         extents of whole blocks in order, neighbours joined; empty for an empty tensor
 */
export function sampleExtents(elementCount: number, fraction: number, seed: bigint, name: string): Extent[] {
  const blocks = Math.ceil(elementCount / BLOCK_ELEMENTS);
  const wanted = Math.min(blocks, Math.max(1, Math.ceil(blocks * fraction)));
  const random = openRandom(seed, name);
  const extents: Extent[] = [];
  let runBegin = 0;
  let runEnd = 0;
  const close = (): void => {
    if (runEnd > runBegin) extents.push(extentOf(runBegin, runEnd, elementCount));
  };
  for (let stratum = 0; stratum < wanted && blocks > 0; stratum++) {
    const block = chooseBlock(stratum, blocks / wanted, blocks, random);
    if (block !== runEnd) {
      close();
      runBegin = block;
    }
    runEnd = block + 1;
  }
  close();
  return extents;
}

function chooseBlock(stratum: number, size: number, blocks: number, random: () => number): number {
  const begin = Math.floor(stratum * size);
  const end = Math.min(blocks, Math.max(begin + 1, Math.floor((stratum + 1) * size)));
  return begin + Math.floor(random() * (end - begin));
}

function extentOf(begin: number, end: number, elementCount: number): Extent {
  const offset = begin * BLOCK_ELEMENTS;
  return { offset, elementCount: Math.min(end * BLOCK_ELEMENTS, elementCount) - offset };
}

/** Numbers in [0, 1), from streams of their own: the name, a line feed and "sample". */
function openRandom(seed: bigint, name: string): () => number {
  const generator = GENERATORS[DEFAULT_GENERATOR];
  const root = generator.root(seed, `${name}\nsample`);
  const words = new Uint32Array(WORDS);
  let block = 0;
  let next = WORDS;
  return () => {
    if (next === WORDS) {
      generator.openBlock(root, block++, 0).read(words);
      next = 0;
    }
    return at(words, next++) / 2 ** 32;
  };
}
