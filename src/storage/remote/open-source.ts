/**
 * Opens the checkpoint that another is to be like: from a disk, from the Hub or its cache, or from a server.
 * @module
 */
import { stat } from 'node:fs/promises';
import { ValueError } from '../../base/errors.js';
import { shortenPath } from '../../base/wording.js';
import { errorCode } from '../files/io-errors.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';
import { LocalSource } from '../read/local-source.js';
import { guessOfPath, parseAddress } from './address.js';
import type { OpenSourceOptions } from './source-options.js';

/**
 * @param text  a safetensors file, an index, or a folder that holds one checkpoint or is a model's in the Hub's cache;
 *   `hf:OWNER/NAME[@REVISION][:SUBFOLDER]`; an https address of a file or an index
 * @throws {ValueError} BAD_OPTION: not such a text; BAD_CHECKPOINT: no such model, or none that may be read
 * @throws {JumpfillError} IO_FAILED
 * @throws the signal's reason
 */
export async function openSource(text: string, options: OpenSourceOptions = {}): Promise<CheckpointSource> {
  const address = parseAddress(text);
  if (address.kind === 'path') return await openLocal(text, options);
  // Loaded here: most checkpoints lie on a disk.
  const { openHub, openUrl } = await import('./open-remote.js');
  return address.kind === 'hub' ? await openHub(address, options) : await openUrl(address, options);
}

/** A model's folder in the Hub's cache is known by its name. */
const CACHED_MODEL = /(?:^|[\\/])models--[^\\/]+[\\/]*$/;

async function openLocal(path: string, { onHeaders }: OpenSourceOptions): Promise<CheckpointSource> {
  await refuseName(path);
  if (!CACHED_MODEL.test(path)) return new LocalSource(path, { onHeaders });
  const { findSnapshotIn } = await import('./hub-cache.js');
  const snapshot = await findSnapshotIn(path);
  return new LocalSource(snapshot?.folder ?? path, { onHeaders });
}

/** @throws {ValueError} BAD_CHECKPOINT: no path, but perhaps the name of a model */
async function refuseName(path: string): Promise<void> {
  const meant = guessOfPath(path);
  if (meant === undefined) return;
  const failure = await stat(path).catch((error: unknown) => error);
  if (errorCode(failure) !== 'ENOENT') return;
  const found = `${shortenPath(path)} does not exist.`;
  throw new ValueError('BAD_CHECKPOINT', found, `Did you mean ${meant}?`, { cause: failure });
}
