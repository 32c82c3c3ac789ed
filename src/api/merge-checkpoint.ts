/**
 * Merges the parts of a checkpoint, without an engine. The writers are loaded when it is called.
 * @module
 */
import type { MergeCheckpointOptions, MergeReport } from '../storage/write/merge.js';

/**
 * Checks that all shards that the parts of a checkpoint have written exist and belong together, and writes the index. Only
 * headers are read; verifyCheckpoint checks the tensors' bytes.
 * @throws {ValueError} BAD_CHECKPOINT: shards are missing, or of different checkpoints; BAD_OPTION
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, LOCK_LOST, OUTPUT_NOT_WRITABLE, IO_FAILED,
 *   UNSUPPORTED_PLATFORM
 */
export async function mergeCheckpoint(options: MergeCheckpointOptions): Promise<MergeReport> {
  const merging = await import('../storage/write/merge.js');
  return await merging.mergeCheckpoint(options);
}
