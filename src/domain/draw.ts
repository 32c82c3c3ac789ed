/**
 * A draw is all that decides a tensor's values: generator, root, kernel. Any range of its elements can be filled,
 * anywhere, in any order, and always comes out the same. This is the scalar specification of the byte contract.
 * @module
 */
import { BLOCK_ELEMENTS, GENERATORS, type GeneratorName, type StreamState } from './generator.js';
import { isRandom, runKernel, type Kernel } from './kernel.js';
import type { Dtype } from './tensor.js';

export interface Draw {
  readonly dtype: Dtype;
  readonly generator: GeneratorName;
  readonly root: StreamState;
  readonly kernel: Kernel;
}

/** Words are made in pieces of this many (16 KiB: fits the innermost cache); a multiple of 16. */
const WORD_BUFFER_LENGTH = 4096;
const wordBuffer = new Uint32Array(WORD_BUFFER_LENGTH);

/**
 * Fills `out` with elements start to start + out.length - 1 of the draw.
 * @param start  element of the logical tensor, 0 to 2^53 - 1
 * @param out    shape [n], overwritten
 */
export function fillRange(draw: Draw, start: number, out: Float32Array): void {
  if (!isRandom(draw.kernel)) {
    runKernel(draw.kernel, out, wordBuffer);
    return;
  }
  let done = 0;
  while (done < out.length) {
    const element = start + done;
    const block = Math.floor(element / BLOCK_ELEMENTS);
    const inBlock = element - block * BLOCK_ELEMENTS;
    const count = Math.min(out.length - done, BLOCK_ELEMENTS - inBlock);
    fillWithinBlock(draw, block, inBlock, out.subarray(done, done + count));
    done += count;
  }
}

/** The words of a step come together, so a range that begins within a step reads that step from its beginning. */
const STEP_WORDS = 16;

function fillWithinBlock(draw: Draw, block: number, inBlock: number, out: Float32Array): void {
  let skip = inBlock % STEP_WORDS;
  const source = GENERATORS[draw.generator].openBlock(draw.root, block, inBlock - skip);
  let done = 0;
  while (done < out.length) {
    const count = Math.min(out.length - done, WORD_BUFFER_LENGTH - skip);
    const words = wordBuffer.subarray(0, skip + count);
    source.read(words);
    runKernel(draw.kernel, out.subarray(done, done + count), words.subarray(skip));
    done += count;
    skip = 0;
  }
}
