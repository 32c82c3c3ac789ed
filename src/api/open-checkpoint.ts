/**
 * Opens checkpoints. Opening the first one loads the readers and the spec checker, so a program that only fills loads neither.
 * @module
 */
import type { Checkpoint } from './checkpoint.js';

/**
 * Opens a safetensors file, an index of several, or a folder that holds one checkpoint. All headers are read and checked now;
 * tensors are read when asked for, and only the elements asked for.
 * @throws {ValueError} BAD_CHECKPOINT: not a checkpoint; BAD_OPTION: not a path
 * @throws {JumpfillError} IO_FAILED
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const { readCheckpoint } = await import('./checkpoint.js');
  return await readCheckpoint(path);
}
