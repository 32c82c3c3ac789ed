/**
 * Compares the SIMD kernels with the specification before they are trusted: every kernel, whole tiles and groups and
 * pieces of them, over the end of a block.
 * @module
 */
import { fillRange, type Draw } from '../../domain/draw.js';
import { BLOCK_ELEMENTS, DEFAULT_GENERATOR } from '../../domain/generator.js';
import type { Kernel } from '../../domain/kernel.js';
import { truncatedNormalParameters } from '../../domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../domain/kernels/uniform.js';
import type { Filler } from '../filler.js';
import { allocateMemory } from '../wasm.js';

/** One for each function of the kernels module (bind.ts chooses); the bounds are close enough to act. */
export const CHECKED_KERNELS: readonly Kernel[] = [
  { kind: 'constant', value: 0.1 },
  uniformParameters(-0.75, 0.75),
  uniformParameters(1, 3),
  { ...uniformParameters(-1, 3), lowest: 0.1, highest: 2.5 },
  truncatedNormalParameters(0, 0.02),
  truncatedNormalParameters(-1.5, 3),
];

/** More than a tile of the truncated normal (4,096 elements) and no whole number of groups. */
const ELEMENTS = 4096 + 3 * 16 + 7;

/** Both begin within a group and end in the next block; the second is reached by a jump with every digit in it. */
const STARTS = [5, 0x12_3456_789b].map((block) => block * BLOCK_ELEMENTS - 1000 + 3);

/** Not at the beginning of the memory, and aligned to nothing but an element. */
const BYTE_OFFSET = 12;

const ROOT = [0x01234567, 0x09abcdef, -2, 0x600df00d];

/** @returns  what differs, for a message; undefined when nothing does */
export function findDifference(filler: Filler): string | undefined {
  const memory = allocateMemory(4 * ELEMENTS + BYTE_OFFSET);
  if (memory === undefined) return 'this Node runs without WebAssembly';
  const found = new Uint32Array(memory.buffer, BYTE_OFFSET, ELEMENTS);
  const expected = new Uint32Array(ELEMENTS);
  for (const start of STARTS) {
    for (const kernel of CHECKED_KERNELS) {
      const draw: Draw = { dtype: 'float32', generator: DEFAULT_GENERATOR, root: ROOT, kernel };
      fillRange(draw, start, new Float32Array(expected.buffer));
      filler.fillMemory(draw, start, ELEMENTS, memory, BYTE_OFFSET);
      const index = expected.findIndex((bits, i) => bits !== found[i]);
      if (index >= 0) return `element ${start + index} of a ${kernel.kind} differs from the specification`;
    }
  }
  return undefined;
}
