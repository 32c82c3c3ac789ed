/**
 * Keeps an output from being divided in two ways at once: as a whole and in parts, or into different numbers of parts. Such runs would
 * replace each other's files.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Part } from '../../domain/partition/part.js';
import { JumpfillError } from '../../base/errors.js';
import { readLastRun } from './last-owner.js';
import { isHeld, lockedError } from './owner-file.js';
import { isCheckpointName, nameOutput, partOfFolder, workFolderOf } from './work-names.js';

/** The use that another process makes of a work folder. */
export interface FolderUse {
  /** It contains an unfinished checkpoint. */
  readonly isRun: boolean;
  /** An OUTPUT_LOCKED if a process owns the folder: one that writes, merges, or has just begun. */
  readonly locked: JumpfillError | undefined;
}

/**
 * Inspects a work folder without taking its lock.
 * @param now  by the file system's clock, in ms
 */
export async function readFolderUse(output: string, part: Part | undefined, now: number): Promise<FolderUse> {
  const folder = workFolderOf(output, part);
  const { names = [], ownerFile } = (await readLastRun(folder)) ?? {};
  const isLocked = ownerFile !== undefined && isHeld(ownerFile, now);
  const locked = isLocked
    ? lockedError({ name: nameOutput(output, part), folder }, ownerFile, now)
    : undefined;
  return { isRun: names.some(isCheckpointName), locked };
}

/**
 * @param now  by the file system's clock, in ms
 * @throws {JumpfillError} OUTPUT_UNFINISHED: a run that divides the output differently has left work, or is at work; OUTPUT_LOCKED:
 *   a process merges the output, or has just begun to write it
 */
export async function refuseOtherDivisions(
  output: string,
  part: Part | undefined,
  now: number,
): Promise<void> {
  const names = await readdir(dirname(output));
  const whole = basename(workFolderOf(output, undefined));
  const divisions = names.flatMap((name): { readonly part: Part | undefined }[] => {
    if (name === whole) return [{ part: undefined }];
    const other = partOfFolder(name, output);
    return other === undefined ? [] : [{ part: other }];
  });
  for (const { part: other } of divisions) {
    if (other?.parts === part?.parts) continue;
    const { isRun, locked } = await readFolderUse(output, other, now);
    if (isRun) {
      const found = `${nameOutput(output, other)} has a run, unfinished or at work, that divides the output differently (work folder: ${workFolderOf(output, other)}).`;
      throw new JumpfillError('OUTPUT_UNFINISHED', found, 'Finish that run, or remove its work folder.');
    }
    if (locked) throw locked;
  }
}
