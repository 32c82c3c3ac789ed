/**
 * Where a checkpoint that another is to be like is read from: headers, the small files beside it, and, from a disk, the tensors' bytes.
 * @module
 */
import type { CheckpointFiles } from './checkpoint-files.js';

export interface CheckpointSource {
  /** For messages and reports: a path, `hf:OWNER/NAME@COMMIT` or a URL, never with a token or a query. */
  readonly label: string;
  /** Absolute path of a checkpoint whose tensors can be read; undefined for a remote one, of which headers alone are read. */
  readonly localPath: string | undefined;
  /**
   * The files with their headers, read and checked once.
   * @throws {ValueError} BAD_CHECKPOINT
   * @throws {JumpfillError} IO_FAILED, UNSUPPORTED_PLATFORM
   */
  openFiles(): Promise<CheckpointFiles>;
  /**
   * A file beside the checkpoint, whole; undefined if there is none.
   * @param name      without folders
   * @param maxBytes  the largest that it may be
   * @throws {ValueError} TOO_LARGE
   * @throws {JumpfillError} IO_FAILED
   */
  readBeside(name: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** The names of the files beside it, without folders; undefined where a server does not list them. */
  listBeside(): Promise<readonly string[] | undefined>;
}
