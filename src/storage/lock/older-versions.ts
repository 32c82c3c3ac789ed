/**
 * What jumpfill 0.4 and older left in a work folder: `lock-1`, `journal`, `shard-1`, ... beside one another. Its runs cannot be resumed by this
 * version; those that are at work are respected, and locks that hold nothing are removed.
 * @module
 */
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { listNames } from '../../base/wording.js';
import { JumpfillError } from '../../base/errors.js';
import { isHeld, lockedError, readOwner } from './owner-file.js';

const LOCK_NAME = /^(lock-\d+|draft-[0-9a-f]{12})$/;
const WORK_NAME = /^(journal|index|shard-\d+)$/;

/**
 * @param now  by the file system's clock, in ms
 * @throws {JumpfillError} OUTPUT_LOCKED, OUTPUT_UNFINISHED
 */
export async function refuseOlderRuns(folder: string, now: number): Promise<void> {
  const names = await readdir(folder);
  const locks = names.filter((name) => LOCK_NAME.test(name));
  const work = names.filter((name) => WORK_NAME.test(name));
  if (locks.length + work.length === 0) return;
  for (const name of locks) {
    const owner = await readOwner(join(folder, name));
    if (owner && isHeld(owner, now)) throw lockedError(folder, owner, now);
  }
  if (work.length > 0) {
    const found = `${folder} holds an unfinished run of jumpfill 0.4 or older: ${listNames(work)}.`;
    throw new JumpfillError(
      'OUTPUT_UNFINISHED',
      found,
      'Finish it with that version, or remove that folder to begin anew.',
    );
  }
  for (const name of locks) await unlink(join(folder, name)).catch(() => undefined);
}
