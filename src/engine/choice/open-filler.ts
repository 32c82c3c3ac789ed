/**
 * Opens the filler that a job's kernels ask for, once a thread.
 * @module
 */
import { messageOf } from '../../base/errors.js';
import { SCRATCH_BYTES, type Filler } from '../fillers/filler.js';
import { specificationFiller } from '../fillers/specification-filler.js';
import type { SimdCode } from '../simd/code.js';
import { SimdFiller } from '../simd/filler.js';

/** Which kernels fill: crosses threads with each job. */
export type KernelCode = { readonly name: 'specification' } | SimdCode;

/** Their names, as users see them. */
export type KernelSet = KernelCode['name'];

export const SPECIFICATION: KernelCode = { name: 'specification' };

/** Of this thread: code arrives with every job, as a new object for the same code, and its tables cost 0.2 ms. */
const fillers = new Map<KernelSet, Filler>([['specification', specificationFiller]]);

/** The kernels were checked with this filler: the thread goes on with it. */
export function adoptFiller(name: KernelSet, filler: Filler): void {
  fillers.set(name, filler);
}

/** @param onFallback  told, once a thread and code, why the specification fills in its place */
export function openFiller(code: KernelCode, onFallback: (reason: string) => void): Filler {
  const known = fillers.get(code.name);
  if (known !== undefined || code.name === 'specification') return known ?? specificationFiller;
  const filler = attemptSimd(code, onFallback) ?? specificationFiller;
  fillers.set(code.name, filler);
  return filler;
}

function attemptSimd(code: SimdCode, onFallback: (reason: string) => void): Filler | undefined {
  try {
    return new SimdFiller(code, SCRATCH_BYTES);
  } catch (error) {
    onFallback(messageOf(error));
    return undefined;
  }
}
