/**
 * Compares the SIMD kernels with the specification before they are trusted: every kernel, whole tiles and groups and
 * pieces of them, after every kind of jump.
 * @module
 */
import { fillRange, type Draw } from '../../domain/draw.js';
import { BLOCK_ELEMENTS, DEFAULT_GENERATOR } from '../../domain/generator.js';
import type { Kernel } from '../../domain/kernel.js';
import { truncatedNormalParameters } from '../../domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../domain/kernels/uniform.js';
import type { Filler } from '../filler.js';
import { allocateMemory } from '../wasm.js';

/** At least one for each function of fills and transforms (bind.ts chooses); the bounds are close enough to act. */
export const CHECKED_KERNELS: readonly Kernel[] = [
  { kind: 'constant', value: 0.1 },
  uniformParameters(-0.75, 0.75),
  uniformParameters(1, 3),
  { ...uniformParameters(-1, 3), lowest: 0.1, highest: 2.5 },
  truncatedNormalParameters(0, 0.02),
  truncatedNormalParameters(-1.5, 3),
];

/** A few groups, and no whole number of them. */
const FEW = 8 * 16 + 7;

/** More than two tiles of the truncated normal, which are 512 elements each. */
const MANY = 4096 + FEW;

/**
 * A block, the one before it, the one after that (reached by look-ups), and one whose jump has every digit; within a group, some
 * groups on.
 */
const STARTS = [6, 5, 6, 0x12_3456_789b].map((block, i) => block * BLOCK_ELEMENTS + 35 * i + 3);

/** Not at the beginning of the memory, and aligned to nothing but an element. */
const BYTE_OFFSET = 12;

const ROOT = [0x01234567, 0x09abcdef, -2, 0x600df00d];

/**
 * V8's baseline code is what runs here; its optimised code comes after a few blocks, and is V8's promise. (Revectorized code is
 * optimised from the start.)
 * @returns  what differs, for a message; undefined when nothing does
 */
export function findDifference(filler: Filler): string | undefined {
  const memory = allocateMemory(4 * MANY + BYTE_OFFSET);
  if (memory === undefined) return 'there is no room for a WebAssembly memory';
  for (const [i, start] of STARTS.entries()) {
    for (const kernel of CHECKED_KERNELS) {
      const elementCount = i === 0 && kernel.kind === 'truncated_normal' ? MANY : FEW;
      const draw: Draw = { dtype: 'float32', generator: DEFAULT_GENERATOR, root: ROOT, kernel };
      filler.fillMemory(draw, start, elementCount, memory, BYTE_OFFSET);
      const index = findWrong(draw, start, new Uint32Array(memory.buffer, BYTE_OFFSET, elementCount));
      if (index >= 0) return `element ${start + index} of a ${kernel.kind} differs from the specification`;
    }
  }
  return undefined;
}

function findWrong(draw: Draw, start: number, found: Uint32Array): number {
  const expected = new Uint32Array(found.length);
  fillRange(draw, start, new Float32Array(expected.buffer));
  return expected.findIndex((bits, i) => bits !== found[i]);
}
