/**
 * A thread's scratch: memory of its own where kernels fill what is then copied or written elsewhere.
 * @module
 */
import { allocateMemory, type SharedMemory } from './wasm.js';

/** 1 MiB: stays in the second-level cache, and a write of it costs the system little beyond the copy (bench/chunks.ts). */
export const SCRATCH_BYTES = 2 ** 20;

let scratch: SharedMemory | undefined;

/** This thread's; whoever takes it is done with it before anybody else runs. */
export function threadScratch(): SharedMemory {
  return (scratch ??= allocateMemory(SCRATCH_BYTES) ?? { buffer: new SharedArrayBuffer(SCRATCH_BYTES) });
}
