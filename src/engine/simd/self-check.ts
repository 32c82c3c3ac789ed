/**
 * Compares the SIMD kernels with the specification before they are trusted: every kernel, on whole tiles and groups and on pieces of
 * them, after every kind of jump.
 * @module
 */
import { fillRange, type Draw } from '../../domain/draws/draw.js';
import { DTYPES, elementsAt } from '../../domain/tensors/dtypes.js';
import type { Filler } from '../fillers/filler.js';
import { allocateMemory, type SharedMemory } from '../memory/wasm.js';
import { COMPARISONS, OPERATIONS, type Check, type KernelFamily } from './check.js';
import { findComparisonDifference } from './comparison-check.js';
import { findOperationDifference } from './operation-check.js';
import { matrixChecks } from './matrix-checks.js';
import { streamChecks } from './stream-checks.js';
import { torchChecks } from './torch-checks.js';

export const CHECKS: readonly Check[] = [...streamChecks, ...torchChecks, ...matrixChecks];

export const ALL_FAMILIES: readonly KernelFamily[] = [
  ...new Set(CHECKS.map(({ family }) => family)),
  OPERATIONS,
  COMPARISONS,
];

/** Not at the beginning of the memory, and aligned only to elements. */
const BYTE_OFFSET = 24;

const LARGEST_BYTES = 8 * Math.max(...CHECKS.map(({ elementCount }) => elementCount));

/** The memory that the kernels fill. */
let memory: SharedMemory | undefined;

/**
 * V8's baseline code runs here; the optimised code, which comes after a few blocks, is trusted to V8. (Revectorized code is optimised
 * from the start.)
 * @param families  some milliseconds each in a fresh process
 * @returns         the difference, for a message; undefined if there is none
 */
export function findDifference(filler: Filler, families = ALL_FAMILIES): string | undefined {
  memory ??= allocateMemory(LARGEST_BYTES + BYTE_OFFSET);
  if (memory === undefined) return 'there is no room for a WebAssembly memory';
  for (const { family, makeDraw, start, elementCount } of CHECKS) {
    if (!families.includes(family)) continue;
    const draw = makeDraw();
    filler.fillMemory(draw, start, elementCount, memory, BYTE_OFFSET);
    const index = findWrong(draw, start, elementCount, memory.buffer);
    if (index >= 0)
      return `element ${start + index} of a ${family} as ${draw.dtype} differs from the specification`;
  }
  return (
    (families.includes(OPERATIONS) ? findOperationDifference(filler) : undefined) ??
    (families.includes(COMPARISONS) ? findComparisonDifference(filler) : undefined)
  );
}

function findWrong(draw: Draw, start: number, elementCount: number, buffer: SharedArrayBuffer): number {
  const { byteWidth } = DTYPES[draw.dtype];
  const expected = new Uint8Array(elementCount * byteWidth);
  fillRange(draw, start, elementsAt(draw.dtype, expected.buffer, 0, elementCount));
  const found = new Uint8Array(buffer, BYTE_OFFSET, expected.length);
  const byte = expected.findIndex((value, i) => value !== found[i]);
  return byte < 0 ? -1 : Math.floor(byte / byteWidth);
}
