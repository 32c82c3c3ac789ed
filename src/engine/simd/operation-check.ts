/**
 * Compares WAGE's operators by SIMD with the specification before they are trusted.
 * @module
 */
import { operate, readLargest, type Operation } from '../../domain/operators/operation.js';
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import type { Filler } from '../fillers/filler.js';
import { allocateMemory, type SharedMemory } from '../memory/wasm.js';

/** Whole vectors and a piece of one. */
const COUNT = 16 * 40 + 7;
const START = 65_536 - 61;
const BYTE_OFFSET = 12;

const WORDS: StreamDraw = {
  dtype: 'float32',
  kind: 'stream',
  root: [0x01234567, 0x09abcdef, -2, 0x600df00d],
  kernel: { kind: 'words' },
};

/** One for each function of the module of operators; operators.ts chooses the function. */
export const CHECKED_OPERATIONS: readonly Operation[] = [
  { kind: 'clip', bits: 4 },
  { kind: 'quantize', bits: 4, rounding: 'half_even', scale: 4, words: undefined },
  { kind: 'quantize', bits: 4, rounding: 'half_up', scale: 4, words: undefined },
  { kind: 'quantize', bits: 4, rounding: 'stochastic', scale: 4, words: WORDS },
  { kind: 'quantize', bits: 1, rounding: 'half_even', scale: 4, words: undefined },
  { kind: 'quantize', bits: 20, rounding: 'half_even', scale: 4, words: undefined },
  { kind: 'shift', exponent: 3 },
  { kind: 'shift', exponent: -140 },
];

/** -0, NaNs with distinctive bits (a signalling, a quiet and a negative one), and a value that a division turns into -0. */
const SPECIAL = [0x80000000, 0x7f800001, 0x7fc00001, 0xff812345, 0x80000001];
/** The positions of the special values: among whole vectors, and the first two of them in the piece at the end. */
const SPECIAL_STARTS = [100, COUNT - 2];

/** Ties at 4 bits and values on both sides of the bounds, with the special ones among them. */
const VALUES = Float32Array.from({ length: COUNT }, (_, i) => (((i * 37) % 81) - 40) / 32);
for (const start of SPECIAL_STARTS)
  new Uint32Array(VALUES.buffer).set(SPECIAL.slice(0, COUNT - start), start);
// A signalling NaN alone in its group, once in each of a group's four vectors: they are looked at together.
for (let vector = 0; vector < 4; vector++)
  new Uint32Array(VALUES.buffer)[16 * (20 + vector) + 5 * vector] = 0x7f800001;

/** @returns  the difference, for a message; undefined if there is none */
export function findOperationDifference(filler: Filler): string | undefined {
  const memory = allocateMemory(4 * COUNT + BYTE_OFFSET);
  if (memory === undefined) return 'there is no room for a WebAssembly memory';
  for (const operation of CHECKED_OPERATIONS) {
    const element = findWrong(filler, operation, memory);
    if (element >= 0) return `element ${element} of a ${operation.kind} differs from the specification`;
  }
  return measuresAny(filler, memory) ? undefined : 'the largest magnitude differs from the specification';
}

/** Tries the largest magnitude at each position of a few groups. */
function measuresAny(filler: Filler, memory: SharedMemory): boolean {
  const values = new Float32Array(memory.buffer, BYTE_OFFSET, COUNT);
  for (let position = 0; position < 71; position++) {
    const largest = new SharedArrayBuffer(4);
    values.fill(0.5);
    values[position] = -2;
    filler.operate({ kind: 'measure', largest }, START, 71, memory, BYTE_OFFSET);
    if (readLargest(largest) !== 2) return false;
  }
  return true;
}

function findWrong(filler: Filler, operation: Operation, memory: SharedMemory): number {
  const found = new Float32Array(memory.buffer, BYTE_OFFSET, COUNT);
  found.set(VALUES);
  filler.operate(operation, START, COUNT, memory, BYTE_OFFSET);
  const expected = VALUES.slice();
  operate(operation, START, expected);
  const bits = new Int32Array(memory.buffer, BYTE_OFFSET, COUNT);
  return new Int32Array(expected.buffer).findIndex((pattern, i) => pattern !== bits[i]);
}
