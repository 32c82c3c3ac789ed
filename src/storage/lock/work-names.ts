/**
 * Every name of a work folder, where a checkpoint grows:
 *
 *     .jumpfill-HASH                   beside the output; .jumpfill-HASH-2-of-8 for part 2 of 8
 *       draft.TOKEN/TOKEN/             of a process that is about to take the lock (lock.ts)
 *       run/TOKEN/                     of the owner
 *         owner.TOKEN                  which process that is
 *         journal.TOKEN                what is done
 *         shard-1.TOKEN, ...           files of the checkpoint
 *         whole-file.TOKEN             a small file that appears whole: an index, a page
 *         old-index.TOKEN              the index of the checkpoint that is being replaced
 *         companion-1.TOKEN, ...       small files beside the weights, until they are named
 *         old-config.TOKEN             the config.json that is being replaced
 *         unnamed-1.TOKEN, ...         files whose names were given and taken back
 * @module
 */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Part } from '../../domain/partition/part.js';
import { byGeneration, nameOf, parseName } from './run-token.js';

export const RUN = 'run';
export const DRAFT = 'draft';
export const OWNER = 'owner';
export const JOURNAL = 'journal';
export const WHOLE_FILE = 'whole-file';
export const OLD_INDEX = 'old-index';
export const OLD_CONFIG = 'old-config';

/** @param file  index in the layout */
export const shardStem = (file: number): string => `shard-${file + 1}`;

/** @param i  among the companion files that a run writes, from 0 */
export const companionStem = (i: number): string => `companion-${i + 1}`;

export const unnamedStem = (count: number): string => `unnamed-${count}`;

const SHARD = /^shard-\d+$/;
const NUMBERED = /^(?:shard|companion|unnamed)-\d+$/;

export const isShardStem = (stem: string): boolean => SHARD.test(stem);

/** Checks whether a run made a file of this stem. Nothing else is ever removed. */
export const isRunStem = (stem: string): boolean =>
  [JOURNAL, WHOLE_FILE, OLD_INDEX, OLD_CONFIG].includes(stem) || NUMBERED.test(stem);

/** Checks whether a name in an owner's folder belongs to an unfinished checkpoint. */
export function isCheckpointName(name: string): boolean {
  const stem = parseName(name)?.stem ?? '';
  return stem === JOURNAL || SHARD.test(stem);
}

/** Checks whether a name in an owner's folder belongs to an owner file. */
export const isOwnerName = (name: string): boolean => parseName(name)?.stem === OWNER;

/** Names of journals, the newest first. */
export function journalsOf(names: readonly string[]): string[] {
  const owned = names.flatMap((name) => parseName(name) ?? []);
  const journals = owned.filter(({ stem }) => stem === JOURNAL).sort(byGeneration);
  return journals.map(({ token }) => nameOf(JOURNAL, token));
}

/**
 * The work folder of an output, or of a part of it: parts may be written at once, on several machines.
 * @param output  path of the file, or what the shards' names are made of
 */
export function workFolderOf(output: string, part: Part | undefined): string {
  // A hash, because the name may be as long as names can be.
  const hash = createHash('sha256').update(basename(output)).digest('hex').slice(0, 12);
  const suffix = part === undefined ? '' : `-${part.part}-of-${part.parts}`;
  return join(dirname(output), `.jumpfill-${hash}${suffix}`);
}

/** The part that a folder belongs to; undefined if it is not the work folder of a part of this output. */
export function partOfFolder(name: string, output: string): Part | undefined {
  const whole = basename(workFolderOf(output, undefined));
  const [, part, parts] = /^-(\d+)-of-(\d+)$/.exec(name.slice(whole.length)) ?? [];
  return name.startsWith(whole) && part !== undefined
    ? { part: Number(part), parts: Number(parts) }
    : undefined;
}

/** The name that messages give to the output of a work folder, at the beginning of a sentence. */
export const nameOutput = (output: string, part: Part | undefined): string =>
  part === undefined ? `The output ${output}` : `Part ${part.part}/${part.parts} of the output ${output}`;
