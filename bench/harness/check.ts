/**
 * Bytes before times: samples of what was filled, against the specification.
 * @module
 */
import { fillRange, type Draw } from '#built/domain/draw.js';
import { BLOCK_ELEMENTS } from '#built/domain/generator.js';

/** How a contestant's bytes are checked. */
export interface Proof {
  /** Overwrites what earlier contestants left, so that elements which nobody writes are noticed. */
  readonly spoil: () => void;
  /** @throws at the first element, of those looked at, that is not the specification's */
  readonly check: (label: string) => void;
}

/** Elements `start` on, from wherever they were filled. */
export type ReadElements = (start: number, count: number) => Float32Array;

/** Of a tensor in memory. */
export const proofIn = (data: Float32Array, draw: Draw): Proof => ({
  spoil: () => data.fill(NaN),
  check: (label) => {
    checkSamples(label, draw, data.length, (start, count) => data.slice(start, start + count));
  },
});

const SAMPLE_ELEMENTS = 1000;
const SAMPLES = 32;

export function checkSamples(label: string, draw: Draw, elementCount: number, read: ReadElements): void {
  for (const start of sampleStarts(elementCount)) {
    checkRange(label, draw, start, read(start, Math.min(SAMPLE_ELEMENTS, elementCount - start)));
  }
}

/** @throws unless `elements` are the draw's from `start` on, to the bit */
export function checkRange(label: string, draw: Draw, start: number, elements: Float32Array): void {
  const expected = new Float32Array(elements.length);
  fillRange(draw, start, expected);
  const found = new Uint32Array(elements.buffer, elements.byteOffset, elements.length);
  const wrong = new Uint32Array(expected.buffer).findIndex((bits, i) => bits !== found[i]);
  if (wrong < 0) return;
  throw new Error(`${label}: element ${start + wrong} is not the specification's. Nothing was timed.`);
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
