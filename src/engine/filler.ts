/**
 * Fillers: how a thread fills a range of a draw. There are two, and they give the same bytes: the scalar specification
 * (domain/draw.ts) and the SIMD kernels.
 * @module
 */
import { fillRange, type Draw } from '../domain/draw.js';
import { SimdFiller } from './simd/filler.js';
import type { SimdCode } from './simd/code.js';
import type { SharedMemory } from './wasm.js';

/** Fills ranges of draws on this thread. */
export interface Filler {
  /**
   * Fills elements start to start + elementCount - 1 of the draw, in place.
   * @param byteOffset  where the first of them goes, a multiple of the element width
   */
  fillMemory(draw: Draw, start: number, elementCount: number, memory: SharedMemory, byteOffset: number): void;
  /** The same in any shared buffer; SIMD kernels, which reach only WebAssembly memories, go through the scratch. */
  fillBuffer(
    draw: Draw,
    start: number,
    elementCount: number,
    buffer: SharedArrayBuffer,
    byteOffset: number,
  ): void;
}

/** Which kernels fill: crosses threads with each job. */
export type KernelCode = { readonly name: 'specification' } | SimdCode;

/** Their names, as users see them. */
export type KernelSet = KernelCode['name'];

export const SPECIFICATION: KernelCode = { name: 'specification' };

const specificationFiller: Filler = {
  fillMemory(draw, start, elementCount, memory, byteOffset) {
    fillRange(draw, start, new Float32Array(memory.buffer, byteOffset, elementCount));
  },
  fillBuffer(draw, start, elementCount, buffer, byteOffset) {
    fillRange(draw, start, new Float32Array(buffer, byteOffset, elementCount));
  },
};

/** Of this thread: code arrives with every job, as a new object for the same code, and its tables cost 0.2 ms. */
const fillers = new Map<KernelSet, Filler>([['specification', specificationFiller]]);

export function openFiller(code: KernelCode): Filler {
  const known = fillers.get(code.name);
  if (known !== undefined || code.name === 'specification') return known ?? specificationFiller;
  const filler = new SimdFiller(code);
  fillers.set(code.name, filler);
  return filler;
}
