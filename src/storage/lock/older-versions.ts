/**
 * Work folders of jumpfill 0.4 and older, which put `lock-1`, `journal`, `shard-1`, ... side by side. This version cannot resume their
 * runs. It respects those at work and removes locks of dead processes.
 * @module
 */
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { listNames } from '../../base/wording.js';
import { JumpfillError } from '../../base/errors.js';
import { isHeld, lockedError, readOwnerFile, type Locked } from './owner-file.js';

const LOCK_NAME = /^(lock-\d+|draft-[0-9a-f]{12})$/;
const WORK_NAME = /^(journal|index|shard-\d+)$/;

/**
 * @param now  by the file system's clock, in ms
 * @throws {JumpfillError} OUTPUT_LOCKED: such a run is at work; OUTPUT_UNFINISHED: one has left work
 */
export async function refuseOlderRuns(locked: Locked, now: number): Promise<void> {
  const { folder } = locked;
  const names = await readdir(folder);
  const locks = names.filter((name) => LOCK_NAME.test(name));
  const work = names.filter((name) => WORK_NAME.test(name));
  for (const name of locks) {
    const file = await readOwnerFile(join(folder, name));
    if (file && isHeld(file, now)) throw lockedError(locked, file, now);
  }
  if (work.length > 0) {
    const found = `${locked.name} has an unfinished run of jumpfill 0.4 or older: ${listNames(work)} in ${folder}.`;
    const remedy = 'Finish it with that version, or remove that folder to start over.';
    throw new JumpfillError('OUTPUT_UNFINISHED', found, remedy);
  }
  for (const name of locks) await unlink(join(folder, name)).catch(() => undefined);
}
