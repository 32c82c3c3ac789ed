/**
 * Bytes before times: samples of a fill are compared with the specification.
 * @module
 */
import { fillRange, type Draw } from '#built/domain/draws/draw.js';
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import { operate, type Operation } from '#built/domain/operators/operation.js';
import { DTYPES, elementsAt, type ElementArray } from '#built/domain/tensors/dtypes.js';

/** The check of a contestant's bytes. */
export interface Proof {
  /** Overwrites the bytes of earlier contestants, so that unwritten elements are noticed. */
  readonly spoil: () => void;
  /** @throws at the first sampled element that differs from the specification */
  readonly check: (label: string) => void;
}

/** Reads the bytes of `count` elements from `start` on. */
export type ReadBytes = (start: number, count: number) => Uint8Array;

/** The specified elements: drawn, and then perhaps changed by an operator. */
export interface Specified {
  readonly draw: Draw;
  /** On float32 only. */
  readonly operation?: Operation;
}

/** Bytes that no drawn element consists of: they make NaNs, and the code -128, which does not exist. */
const SPOILT = { float: 0xff, code: 0x80 } as const;

/** For a tensor in memory. */
export function proofIn(data: ElementArray, draw: Draw): Proof {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return {
    spoil: () => bytes.fill(draw.dtype === 'int8' ? SPOILT.code : SPOILT.float),
    check: (label) => {
      checkSamples(label, { draw }, data.length, readIn(data));
    },
  };
}

export const readIn =
  ({ buffer, byteOffset, BYTES_PER_ELEMENT: byteWidth }: ElementArray): ReadBytes =>
  (start, count) =>
    new Uint8Array(buffer, byteOffset + start * byteWidth, count * byteWidth);

const SAMPLE_ELEMENTS = 1000;
const SAMPLES = 32;

export function checkSamples(
  label: string,
  specified: Specified,
  elementCount: number,
  read: ReadBytes,
): void {
  for (const start of sampleStarts(elementCount)) {
    checkRange(label, specified, start, read(start, Math.min(SAMPLE_ELEMENTS, elementCount - start)));
  }
}

/** @throws unless the elements with these bytes are the specified ones from `start` on, to the bit */
export function checkRange(
  label: string,
  { draw, operation }: Specified,
  start: number,
  bytes: Uint8Array,
): void {
  const { byteWidth } = DTYPES[draw.dtype];
  const expected = elementsAt(draw.dtype, new ArrayBuffer(bytes.length), 0, bytes.length / byteWidth);
  fillRange(draw, start, expected);
  if (operation && expected instanceof Float32Array) operate(operation, start, expected);
  const wrong = new Uint8Array(expected.buffer).findIndex((byte, i) => byte !== bytes[i]);
  if (wrong < 0) return;
  const element = start + Math.floor(wrong / byteWidth);
  throw new Error(`${label}: element ${element} differs from the specification. Nothing was timed.`);
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
