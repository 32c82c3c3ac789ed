/**
 * A checkpoint of one file as a stream of bytes, in file order: for pipes, uploads, everything that is not a file.
 * @module
 */
import { checkKeys } from '../../base/wording.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import { layOut } from '../format/layout.js';
import {
  CONTENTS_KEYS,
  resolveContents,
  type ContentsOptions,
  type EngineFacts,
} from '../write/resolve-model.js';
import { StreamedFiles } from './streamed-files.js';

export type StreamCheckpointOptions = RunOptions & Omit<ContentsOptions, 'shardSize'>;

const WHERE = 'streamCheckpoint';
const OPTION_KEYS = [...CONTENTS_KEYS.filter((key) => key !== 'shardSize'), 'signal', 'onProgress'];

/**
 * Yields the header, then the tensors' bytes. While the reader has one batch the next is drawn, and none beyond that: a slow reader
 * costs time, not memory.
 * @throws {ValueError} before the first byte, if the spec or an option is refused
 * @throws {JumpfillError} what a job throws
 * @throws the signal's reason
 */
export async function* streamCheckpoint(
  run: Coordinator['run'],
  engine: EngineFacts,
  spec: unknown,
  options: StreamCheckpointOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  checkKeys(options, OPTION_KEYS, WHERE, 'BAD_OPTION');
  checkRunOptions(options, WHERE);
  const contents = { ...(await resolveContents(spec, options, engine)), shardBytes: undefined };
  const layout = layOut(contents, 'model.safetensors');
  options.signal?.throwIfAborted();
  const files = new StreamedFiles(run, layout, engine.threads, options);
  for (const file of files.open([0])) yield* file.stream();
}
