/**
 * The Hub's cache on this disk: `models--OWNER--NAME` holds `refs/REVISION`, a file with a commit, and `snapshots/COMMIT`, a folder of
 * links to blobs. It is read, never written.
 * Source: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 * @module
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ValueError } from '../../base/errors.js';
import { listNames, shortenPath } from '../../base/wording.js';
import { INDEX_ENDING } from '../../domain/partition/shards.js';
import { readIndex } from '../format/index-file.js';
import { findCheckpoint } from '../read/find-checkpoint.js';
import { isCommit } from './hub-api.js';

/** A revision of a model in the cache; it may lack files. */
export interface Snapshot {
  /** Absolute. */
  readonly folder: string;
  readonly commit: string;
}

const PREFIX = 'models--';

/** The revision that is meant where none is named. */
const DEFAULT_REVISION = 'main';

/** @returns undefined if the cache does not have it */
export async function findSnapshot(
  cache: string,
  model: string,
  revision = DEFAULT_REVISION,
): Promise<Snapshot | undefined> {
  return await findInModel(join(cache, `${PREFIX}${model.replaceAll('/', '--')}`), revision);
}

async function findInModel(folder: string, revision: string): Promise<Snapshot | undefined> {
  const ref = isCommit(revision)
    ? revision
    : await readFile(join(folder, 'refs', ...revision.split('/')), 'utf8').catch(() => '');
  const commit = ref.trim();
  // Others may write to the cache: a ref must not lead elsewhere.
  if (!isCommit(commit)) return undefined;
  const snapshot = join(folder, 'snapshots', commit);
  return (await isThere(snapshot)) ? { folder: snapshot, commit } : undefined;
}

/** Follows links: a blob may have been deleted. */
const isThere = async (path: string): Promise<boolean> =>
  await stat(path).then(
    () => true,
    () => false,
  );

/**
 * The snapshot that a model's folder in a cache stands for: that of `main`, else its only one.
 * @returns undefined for a folder of another kind
 * @throws {ValueError} BAD_CHECKPOINT: none, or several
 */
export async function findSnapshotIn(folder: string): Promise<Snapshot | undefined> {
  if (!basename(folder).startsWith(PREFIX)) return undefined;
  const commits = await readdir(join(folder, 'snapshots')).catch(() => undefined);
  if (commits === undefined) return undefined;
  const main = await findInModel(folder, DEFAULT_REVISION);
  if (main !== undefined) return main;
  const [only, ...others] = commits.filter(isCommit);
  if (only !== undefined && others.length === 0)
    return { folder: join(folder, 'snapshots', only), commit: only };
  const found = `${shortenPath(folder)} has no ref "${DEFAULT_REVISION}", and ${others.length === 0 ? 'no snapshot' : `several snapshots: ${listNames(commits)}`}.`;
  throw new ValueError('BAD_CHECKPOINT', found, 'Name one of the folders in snapshots.');
}

/**
 * The files that a checkpoint in the cache lacks: those of its index that are not there, or whose blobs are gone.
 * @param path  a folder, file or index in a snapshot
 * @throws {ValueError} BAD_CHECKPOINT: no checkpoint is there
 */
export async function findMissing(path: string): Promise<readonly string[]> {
  const found = await findCheckpoint(path);
  if (!(await isThere(found))) return [basename(found)];
  if (!found.endsWith(INDEX_ENDING)) return [];
  const files = [...new Set((await readIndex(found)).values())];
  const there = await Promise.all(files.map((file) => isThere(join(dirname(found), file))));
  return files.filter((_, i) => there[i] !== true);
}

/** Checks whether all files of a checkpoint are there. */
export const isComplete = async (path: string): Promise<boolean> =>
  await findMissing(path).then(
    (missing) => missing.length === 0,
    () => false,
  );

/**
 * @param name  of the model and its revision, for messages
 * @throws {ValueError} BAD_CHECKPOINT
 */
export async function checkComplete(path: string, name: string): Promise<void> {
  const download = `Get the rest: unset HF_HUB_OFFLINE, and run hf download ${name}`;
  const missing = await findMissing(path).catch((error: unknown) => {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(error.code, `The Hub's cache has not all of it: ${error.found}`, download, {
      cause: error,
    });
  });
  if (missing.length === 0) return;
  const found = `The Hub's cache lacks ${missing.length} of its files: ${listNames([...missing].sort())} in ${shortenPath(path)}.`;
  throw new ValueError('BAD_CHECKPOINT', found, download);
}
