/**
 * A draw from streams of its own: generator, root, kernel, narrowing. An element takes a word of 32 or of 64 bits. This is the scalar
 * specification of the byte contract.
 * @module
 */
import { BLOCK_ELEMENTS, STEP_WORDS, type StreamState } from '../streams/generator.js';
import { DEFAULT_GENERATOR, GENERATORS } from '../streams/generators.js';
import {
  isDouble,
  isFloat,
  isRandom,
  isWhole,
  runDoubleKernel,
  runKernel,
  runWholeKernel,
  wordsPerElement,
  type FloatKernel,
  type Kernel,
  type WholeKernel,
} from '../kernels/kernel.js';
import { narrow, type Narrowing } from '../kernels/narrowing.js';
import type { Dtype, ElementArray } from '../tensors/dtypes.js';

/** The generator of the streams. */
const STREAMS = GENERATORS[DEFAULT_GENERATOR];

export interface StreamDraw {
  readonly kind: 'stream';
  readonly dtype: Dtype;
  readonly root: StreamState;
  readonly kernel: Kernel;
  /** For floats of 8 and 16 bits and int8: how float32 values become elements. */
  readonly narrowing?: Narrowing | undefined;
}

/** The draw of a tensor from streams of its own: its kernel, on the streams of (seed, name). */
export function makeStreamDraw(
  dtype: Dtype,
  { kernel, narrowing }: Pick<StreamDraw, 'kernel' | 'narrowing'>,
  seed: bigint,
  name: string,
): StreamDraw {
  return { kind: 'stream', dtype, root: STREAMS.root(seed, name), kernel, narrowing };
}

/** Words are made in pieces of this many, whole steps: 16 KiB, which fits the innermost cache. */
const WORD_BUFFER_LENGTH = 256 * STEP_WORDS;
const wordBuffer = new Uint32Array(WORD_BUFFER_LENGTH);
/** float32 values on their way to fewer bytes: there is no float32 copy of the tensor. */
const valueBuffer = new Float32Array(WORD_BUFFER_LENGTH);

/**
 * Fills `out` with elements start to start + out.length - 1 of the draw.
 * @param start  element of the logical tensor, 0 to 2^53 - 1
 * @param out    shape [n] of the draw's dtype, overwritten
 */
export function fillStreamRange(draw: StreamDraw, start: number, out: ElementArray): void {
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

function fillWithinBlock(draw: StreamDraw, block: number, inBlock: number, out: ElementArray): void {
  const width = wordsPerElement(draw.kernel);
  // A range that begins within a step reads that step from its first word.
  let skip = (inBlock * width) % STEP_WORDS;
  const source = isRandom(draw.kernel)
    ? STREAMS.openBlock(draw.root, block, inBlock * width - skip)
    : undefined;
  let done = 0;
  while (done < out.length) {
    const count = Math.min(out.length - done, (WORD_BUFFER_LENGTH - skip) / width);
    const words = wordBuffer.subarray(0, skip + count * width);
    source?.read(words);
    runDraw(draw, out.subarray(done, done + count), words.subarray(skip));
    done += count;
    skip = 0;
  }
}

/**
 * The draw's elements that words give, whatever words they are.
 * @param out    shape [n], overwritten; n is 4096 at most
 * @param words  for each of the elements the word or two that it takes
 */
export function runDraw(draw: Omit<StreamDraw, 'root'>, out: ElementArray, words: Uint32Array): void {
  const { dtype, kernel, narrowing } = draw;
  if (narrowing !== undefined && !isDouble(kernel)) runNarrow(kernel, narrowing, out, words);
  else if (isWhole(kernel)) runWholeKernel(kernel, out, words);
  else if (out instanceof Float64Array && isDouble(kernel)) runDoubleKernel(kernel, out, words);
  else if (out instanceof Float32Array && isFloat(kernel)) runKernel(kernel, out, words);
  else throw new TypeError(`A ${kernel.kind} of ${dtype} does not fill a ${out.constructor.name}`);
}

function runNarrow(
  kernel: FloatKernel | WholeKernel,
  narrowing: Narrowing,
  out: ElementArray,
  words: Uint32Array,
): void {
  const values = valueBuffer.subarray(0, out.length);
  if (isWhole(kernel)) runWholeKernel(kernel, values, words);
  else runKernel(kernel, values, words);
  narrow(out, values, narrowing);
}
