/**
 * Opening checkpoints. What reads them, and the checker of specs with it, is loaded when one is opened: whoever only fills waits for none of it.
 * @module
 */
import type { Checkpoint } from './checkpoint.js';

/**
 * Opens a safetensors file, an index of several, or a folder that holds one checkpoint. All headers are read and checked; tensors
 * are read when they are asked for, and no more of them.
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const { readCheckpoint } = await import('./checkpoint.js');
  return await readCheckpoint(path);
}
