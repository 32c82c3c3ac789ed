/**
 * Opens the filler that a job's kernels ask for, once a thread.
 * @module
 */
import { messageOf } from '../../base/errors.js';
import { SCRATCH_BYTES, type Filler } from '../fillers/filler.js';
import type * as specification from '../fillers/specification-filler.js';
import { OnDemand } from '../host/on-demand.js';
import { takeLaterModules, type SimdCode } from '../simd/code.js';
import { SimdFiller } from '../simd/simd-filler.js';

const loaded = new OnDemand<typeof specification>('src/engine/fillers/specification-filler.js');

/** The kernels of a job; they cross threads with it. */
export type KernelCode = { readonly name: 'specification' } | SimdCode;

/** The names of the kernels, as users see them. */
export type KernelSet = KernelCode['name'];

export const SPECIFICATION: KernelCode = { name: 'specification' };

/** Kept for the thread: each job brings another thread the same code as a new object, and its tables cost 0.2 ms. */
const fillers = new Map<KernelSet, Filler>();
/** The last job's. */
let last: { readonly code: SimdCode; readonly filler: Filler } | undefined;

/** This thread fills with this filler from now on; its kernels were checked with it. */
export function adoptFiller(name: KernelSet, filler: Filler): void {
  fillers.set(name, filler);
  last = undefined;
}

/** @param onFallback  called once for each thread and code, with the reason why the specification fills instead */
export function openFiller(code: KernelCode, onFallback: (reason: string) => void): Filler {
  if (code.name === 'specification') return loaded.load().specificationFiller;
  if (last?.code === code) return last.filler;
  takeLaterModules(code);
  const known = fillers.get(code.name);
  const filler = known ?? attemptSimd(code, onFallback) ?? loaded.load().specificationFiller;
  fillers.set(code.name, filler);
  last = { code, filler };
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
