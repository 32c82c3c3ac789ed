/**
 * Parts of a checkpoint: several processes, on one machine or many, each write some of its shards.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import {
  COUNT_YOURSELF,
  findTask,
  readArray,
  writeTask,
  type ArrayTask,
  type Environment,
} from './job-array.js';
import { show } from '../../base/wording.js';

/** Part `part` of `parts`, counted from 1. */
export interface Part {
  readonly part: number;
  readonly parts: number;
}

const FORMS =
  'Write 2/8; or auto/8 in a task of a job array (auto0/8 if its tasks count from 0); or auto in an array of all parts.';

/**
 * @param text         `2/8`; `auto/8`: this task's number is the part, counted from 1; `auto0/8`: counted from 0; `auto`: the
 *                     tasks of the array are the parts
 * @param environment  has the scheduler's variables for `auto` (job-array.ts)
 * @throws {ValueError} BAD_OPTION: another text, or an environment that does not determine the part
 */
export function parsePart(text: string, environment: Environment): Part {
  const where = `The part ${show(text)}`;
  const [, first = '', second] = /^(\d+|auto0?)(?:\/(\d+))?$/.exec(text) ?? [];
  if (first === 'auto' && second === undefined) return wholeOf(findTask(environment), environment, where);
  if (first === '' || second === undefined) throw badPart(`The part is ${show(text)}.`);
  const parts = Number(second);
  if (!first.startsWith('auto')) return checkPart({ part: Number(first), parts }, where);
  checkPart({ part: 1, parts }, where);
  return partOfTask(findTask(environment), parts, first === 'auto0', where);
}

/** The shards of a part, from 0: every n-th, so that all parts have about as many. */
export function shardsOfPart({ part, parts }: Part, shardCount: number): readonly number[] {
  const count = Math.max(0, Math.ceil((shardCount - part + 1) / parts));
  return Array.from({ length: count }, (_, i) => part - 1 + i * parts);
}

const badPart = (found: string, remedy = FORMS): ValueError => new ValueError('BAD_OPTION', found, remedy);

/** @throws {ValueError} BAD_OPTION: not part 1 to n of n */
export function checkPart({ part, parts }: Part, where: string): Part {
  if (Number.isSafeInteger(part) && Number.isSafeInteger(parts) && part >= 1 && part <= parts) {
    return { part, parts };
  }
  throw badPart(
    `${where} is part ${show(part)} of ${show(parts)}.`,
    `Parts count from 1: ${listParts(parts)}.`,
  );
}

function listParts(parts: number): string {
  if (!Number.isSafeInteger(parts) || parts < 1) return 'the last of 8 is 8/8';
  if (parts === 1) return 'the only one is 1/1';
  return `there are only ${parts}, 1/${parts} ${parts === 2 ? 'and' : 'to'} ${parts}/${parts}`;
}

/**
 * A part as a caller of the library passes it: a Part, or the text that `--part` takes.
 * @throws {ValueError} BAD_OPTION
 */
export function readPart(value: unknown, where: string, environment: Environment): Part {
  if (typeof value === 'string') return parsePart(value, environment);
  if (typeof value === 'object' && value !== null && 'part' in value && 'parts' in value) {
    return checkPart(value as Part, where);
  }
  throw badPart(`${where} is ${show(value)}.`, 'Pass { part: 2, parts: 8 }, or "2/8".');
}

/** The part of the task's number. Where all arrays count from 0, so does `auto`. */
function partOfTask(task: ArrayTask, parts: number, isFromZero: boolean, where: string): Part {
  const first = isFromZero || task.scheduler.countsFromZero ? 0 : 1;
  const part = task.number - first + 1;
  if (part >= 1 && part <= parts) return { part, parts };
  throw badPart(
    `${where} takes the tasks ${first} to ${first + parts - 1}, but ${writeTask(task)}.`,
    `Write auto/${parts} in an array from 1 to ${parts}, auto0/${parts} in one from 0 to ${parts - 1}, or name the part, as in 2/8.`,
  );
}

/** An array from 1 to n, or from 0 to n - 1, is taken for all parts. A few of its tasks that run again are not. */
function wholeOf(task: ArrayTask, environment: Environment, where: string): Part {
  const { first, last, count } = readArray(task, environment);
  if (count === 1) {
    const found = `${where} finds an array of one task, ${writeTask(task)}, which may also be one task of a larger array that runs again.`;
    throw badPart(found, COUNT_YOURSELF);
  }
  const isWhole = (first === 0 || first === 1) && last - first + 1 === count;
  const isTask = task.number >= first && task.number <= last;
  if (isWhole && isTask) return { part: task.number - first + 1, parts: count };
  const array = `${count} tasks from ${first} to ${last}`;
  const found = isTask
    ? `${where} finds an array of ${array}, ${writeTask(task)}. These are not all numbers from 1 or 0 on.`
    : `${where} finds an array of ${array}, but ${writeTask(task)}.`;
  throw badPart(found, COUNT_YOURSELF);
}
