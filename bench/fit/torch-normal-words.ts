/**
 * Compares the SIMD kernels of torch's float32 normals with the specification for every word there is.
 *
 * A normal is a radius, which one word makes, times a sine or a cosine, which another makes, and only 24 bits of a word count. The
 * kernels round some sums twice, and ties the other way, where torch rounds once: whether that shows in any radius, sine or cosine, and
 * in which, is not a matter of bounds but of looking at all 2^24 of each.
 * @module
 */
import { at } from '#built/base/at.js';
import { transformSingles } from '#built/domain/torch/normal-block.js';
import { compileSimd, moduleOf } from '#built/engine/simd/code.js';
import type { TorchNormalsExports } from '#built/engine/simd/torch-modules.js';
import { allocateMemory, instantiate } from '#built/engine/memory/wasm.js';
import { range } from './range.js';

const WORDS = 2 ** 24;
const PAIRS = 8;
const BLOCK = 2 * PAIRS;
const BLOCKS = 256;
/** Its radius is 1, so that its normals are the cosine and the sine. */
const UNIT_RADIUS = 6_601_320;
/** Its sine is 0 and its cosine 1, so that its first normal is the radius. */
const NO_ANGLE = 0;
const LAW = { mean: 0, std: 1 };
/** So many of the words that differ are printed. */
const LISTED = 20;

const memory = allocateMemory(4 * BLOCK * BLOCKS);

/** Whether a word is the first or the second of its pair. */
type Place = 'radius' | 'angle';

/** The words of the blocks in which `first` and those after it stand in one place, and `other` in the other place. */
function layWords(place: Place, first: number, other: number): Uint32Array {
  return Uint32Array.from({ length: BLOCK * BLOCKS }, (_, i) => {
    const isFirst = i % BLOCK < PAIRS;
    const word = first + Math.floor(i / BLOCK) * PAIRS + (i % PAIRS);
    return isFirst === (place === 'radius') ? word : other;
  });
}

function normalsBySimd(words: Uint32Array, simd: TorchNormalsExports, buffer: ArrayBufferLike): Float32Array {
  const values = new Float32Array(buffer, 0, words.length);
  new Uint32Array(buffer, 0, words.length).set(words);
  simd.torchNormal(0, 0, BLOCKS, LAW.mean, LAW.std);
  return values;
}

function normalsBySpecification(words: Uint32Array): Float32Array {
  const values = Float32Array.from(words, (word) => word * 2 ** -24);
  transformSingles(values, LAW);
  return values;
}

/** The words whose normals differ. A normal belongs to the word that changes from pair to pair. */
function findDifferent(place: Place, other: number): number[] {
  if (memory === undefined) throw new Error('there is no room for a WebAssembly memory');
  const simd = instantiate(moduleOf(compileSimd(), 'torch-normals'), {
    env: { memory },
  }) as TorchNormalsExports;
  const different = new Set<number>();
  for (let first = 0; first < WORDS; first += PAIRS * BLOCKS) {
    const words = layWords(place, first, other);
    const made = normalsBySimd(words, simd, memory.buffer);
    normalsBySpecification(words).forEach((value, i) => {
      const pair = Math.floor(i / BLOCK) * PAIRS + (i % PAIRS);
      if (!Object.is(value, at(made, i))) different.add(first + pair);
    });
  }
  return [...different];
}

function report(what: string, different: readonly number[]): void {
  const listed = range(Math.min(different.length, LISTED), (i) => ` ${at(different, i)}`);
  console.log(`${what}: ${different.length} of ${WORDS} words differ from torch's${listed.join('')}`);
}

export function run(): void {
  report('radius', findDifferent('radius', NO_ANGLE));
  report('sine and cosine', findDifferent('angle', UNIT_RADIUS));
}
