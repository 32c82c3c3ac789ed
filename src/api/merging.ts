/**
 * Merging as a function: it needs no engine. Its module, and the checker of specs with it, is loaded when it is called.
 * @module
 */
import { checkMergeOptions } from './model-options.js';
import type { MergeCheckpointOptions, MergeReport } from '../storage/write/merge.js';

/**
 * Checks that all shards of a checkpoint that parts have written are there and of one whole, and writes the index. Headers only are
 * read: whether the tensors' bytes are right is for verify to say.
 * @throws {ValueError} BAD_CHECKPOINT: shards are missing, or not of one checkpoint; BAD_OPTION
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, LOCK_LOST, OUTPUT_NOT_WRITABLE, IO_FAILED,
 *   UNSUPPORTED_PLATFORM
 */
export async function mergeCheckpoint(options: MergeCheckpointOptions): Promise<MergeReport> {
  checkMergeOptions(options);
  const merging = await import('../storage/write/merge.js');
  return await merging.mergeCheckpoint(options);
}
