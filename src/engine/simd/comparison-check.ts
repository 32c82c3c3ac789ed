/**
 * Tries the kernels that compare before they are trusted: they find the specification's bytes equal, and notice each element that is not.
 * @module
 */
import { fillRange } from '../../domain/draws/draw.js';
import type { StreamDraw } from '../../domain/draws/stream-draw.js';
import type { FloatKernel } from '../../domain/kernels/kernel.js';
import { uniformParameters } from '../../domain/kernels/uniform.js';
import { BLOCK_ELEMENTS } from '../../domain/streams/generator.js';
import type { Filler } from '../fillers/filler.js';
import { GROUP_ELEMENTS } from './groups.js';

/** The beginning of a block, near which a jump is short. */
const BLOCK_START = 7 * BLOCK_ELEMENTS;

/** From one block into the next. */
const GROUPS_BEFORE = 4;
const GROUPS = 12;

/** One for each function of the module; bind-compare.ts chooses the function. */
const COMPARED: readonly (() => FloatKernel)[] = [
  () => uniformParameters(-0.75, 0.75),
  () => uniformParameters(1, 3),
  () => ({ ...uniformParameters(-1, 3), lowest: 0.1, highest: 2.5 }),
];

export const comparedDraws = (): readonly StreamDraw[] =>
  COMPARED.map((makeKernel) => ({
    kind: 'stream',
    dtype: 'float32',
    root: [0x01234567, 0x09abcdef, -2, 0x600df00d],
    kernel: makeKernel(),
  }));

/** @returns  the difference, for a message; undefined if there is none */
export function findComparisonDifference(filler: Filler): string | undefined {
  const wrong = comparedDraws().find((draw) => !comparesRightly(filler, draw));
  return wrong && `a comparison with a ${wrong.kernel.kind} differs from the specification`;
}

/** Whole, then a group alone. */
function comparesRightly(filler: Filler, draw: StreamDraw): boolean {
  const before = GROUPS_BEFORE * GROUP_ELEMENTS;
  const values = new Float32Array(GROUPS * GROUP_ELEMENTS);
  fillRange(draw, BLOCK_START - before, values);
  const group = values.slice(before, before + GROUP_ELEMENTS);
  return isEqual(filler, draw, BLOCK_START - before, values) && noticesEach(filler, draw, BLOCK_START, group);
}

/** Changes a bit of each element of a group in turn. */
function noticesEach(filler: Filler, draw: StreamDraw, start: number, values: Float32Array): boolean {
  const patterns = new Uint32Array(values.buffer);
  const isNoticed = (pattern: number, i: number): boolean => {
    patterns[i] = pattern ^ (1 << i);
    const equal = isEqual(filler, draw, start, values);
    patterns[i] = pattern;
    return !equal;
  };
  return isEqual(filler, draw, start, values) && patterns.every(isNoticed);
}

const isEqual = (filler: Filler, draw: StreamDraw, start: number, values: Float32Array): boolean =>
  filler.compareScratch(draw, start, values.length, (scratch) => {
    scratch.set(new Uint8Array(values.buffer));
  }) === true;
