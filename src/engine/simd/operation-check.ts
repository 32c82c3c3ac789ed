/**
 * Compares WAGE's operators by SIMD with the specification before they are trusted.
 * @module
 */
import { operate, readLargest, type Operation } from '../../domain/operators/operation.js';
import { DEFAULT_GENERATOR } from '../../domain/streams/generators.js';
import type { Draw } from '../../domain/kernels/draw.js';
import type { Filler } from '../fillers/filler.js';
import { allocateMemory, type SharedMemory } from '../memory/wasm.js';

/** No whole number of vectors. */
const COUNT = 16 * 40 + 7;
const START = 65_536 - 61;
const BYTE_OFFSET = 12;

const WORDS: Draw = {
  dtype: 'float32',
  generator: DEFAULT_GENERATOR,
  root: [0x01234567, 0x09abcdef, -2, 0x600df00d],
  kernel: { kind: 'words' },
};

/** One for each function of the module of operators (operators.ts chooses). */
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

/** -0, NaNs with bits of their own (a signalling one, a quiet one, a negative one), what a division makes -0. */
const SPECIAL = [0x80000000, 0x7f800001, 0x7fc00001, 0xff812345, 0x80000001];
/** Where they lie: in whole groups of four, and the first two at the end, which is no whole group. */
const SPECIAL_PLACES = [100, COUNT - 2];

/** Ties of 4 bits, both sides of the bounds, and the special ones among them. */
const VALUES = Float32Array.from({ length: COUNT }, (_, i) => (((i * 37) % 81) - 40) / 32);
for (const place of SPECIAL_PLACES)
  new Uint32Array(VALUES.buffer).set(SPECIAL.slice(0, COUNT - place), place);

/** @returns  what differs, for a message; undefined when nothing does */
export function findOperationDifference(filler: Filler): string | undefined {
  const memory = allocateMemory(4 * COUNT + BYTE_OFFSET);
  if (memory === undefined) return 'there is no room for a WebAssembly memory';
  for (const operation of CHECKED_OPERATIONS) {
    const element = findWrong(filler, operation, memory);
    if (element >= 0) return `element ${element} of a ${operation.kind} differs from the specification`;
  }
  return measuresAny(filler, memory) ? undefined : 'the largest magnitude differs from the specification';
}

/** The largest in each place of a few groups. */
function measuresAny(filler: Filler, memory: SharedMemory): boolean {
  const values = new Float32Array(memory.buffer, BYTE_OFFSET, COUNT);
  for (let place = 0; place < 71; place++) {
    const largest = new SharedArrayBuffer(4);
    values.fill(0.5);
    values[place] = -2;
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
