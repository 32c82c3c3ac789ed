/**
 * Checks the types of checkpoint options that no later check would catch.
 * @module
 */
import { checkPlain, show } from '../base/wording.js';
import { ValueError } from '../base/errors.js';

/**
 * @param what  what a message calls it: `openCheckpoint: the path`
 * @throws {ValueError} BAD_OPTION: not a string, or an empty one
 */
export function checkPath(path: unknown, what: string): string {
  if (typeof path === 'string' && path !== '') return path;
  throw new ValueError('BAD_OPTION', `${what} is ${show(path)}.`, 'Pass a path.');
}

interface ModelChoices {
  readonly like?: unknown;
  readonly recordIntervalMs?: unknown;
}

/**
 * @param where  the method
 * @throws {ValueError} BAD_OPTION
 */
export function checkModelOptions(options: unknown, where: string): void {
  checkPlain(options, where);
  const { like, recordIntervalMs } = options as ModelChoices;
  if (like !== undefined) checkPath(like, `${where}: like`);
  const refuse = (option: string, value: unknown, remedy: string): ValueError =>
    new ValueError('BAD_OPTION', `${where}: ${option} is ${show(value)}.`, remedy);
  if (recordIntervalMs !== undefined && typeof recordIntervalMs !== 'number') {
    throw refuse('recordIntervalMs', recordIntervalMs, 'Pass milliseconds from 0 to 2^31 - 1.');
  }
}

/** @throws {ValueError} BAD_OPTION */
export function checkMergeOptions(options: unknown): void {
  checkPlain(options, 'mergeCheckpoint');
  const { force = false } = options as { readonly force?: unknown };
  if (typeof force === 'boolean') return;
  throw new ValueError('BAD_OPTION', `mergeCheckpoint: force is ${show(force)}.`, 'Pass true or false.');
}
