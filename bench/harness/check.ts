/**
 * Bytes before times: samples of what was filled, against the specification.
 * @module
 */
import { fillRange, type Draw } from '#built/domain/draw.js';
import { BLOCK_ELEMENTS } from '#built/domain/generator.js';

/** How a contestant's bytes are checked. */
export interface Proof {
  readonly draw: Draw;
  /** Overwrites what earlier contestants left, so that elements which nobody writes are noticed. */
  readonly spoil: () => void;
  /** Elements `start` on, from wherever they were filled. */
  readonly read: (start: number, count: number) => Float32Array;
}

/** Of a tensor in memory. */
export const proofIn = (data: Float32Array, draw: Draw): Proof => ({
  draw,
  spoil: () => data.fill(NaN),
  read: (start, count) => data.slice(start, start + count),
});

const SAMPLE_ELEMENTS = 1000;
const SAMPLES = 32;

/** @throws at the first element that is not the specification's, to the bit */
export function checkBytes(label: string, draw: Draw, elementCount: number, read: Proof['read']): void {
  for (const start of sampleStarts(elementCount)) {
    const count = Math.min(SAMPLE_ELEMENTS, elementCount - start);
    const expected = new Float32Array(count);
    fillRange(draw, start, expected);
    const found = new Uint32Array(read(start, count).buffer);
    const wrong = new Uint32Array(expected.buffer).findIndex((bits, i) => bits !== found[i]);
    if (wrong < 0) continue;
    throw new Error(`${label}: element ${start + wrong} is not the specification's. Nothing was timed.`);
  }
}

/** Both ends, and ranges that lie across the borders of blocks all over the tensor. */
function sampleStarts(elementCount: number): readonly number[] {
  const last = Math.max(0, elementCount - SAMPLE_ELEMENTS);
  const blocks = Math.floor(last / BLOCK_ELEMENTS);
  const inside = Array.from({ length: Math.min(SAMPLES, blocks) }, (_, i) => {
    const block = 1 + Math.floor((i * (blocks - 1)) / Math.max(1, Math.min(SAMPLES, blocks) - 1));
    return block * BLOCK_ELEMENTS - SAMPLE_ELEMENTS / 2 - i;
  });
  return [0, last, ...inside];
}
