/**
 * Checks of options that several calls share.
 * @module
 */
import { ValueError } from './errors.js';
import { show } from './wording.js';

/**
 * @param what  what a message calls it: `openCheckpoint: the path`
 * @throws {ValueError} BAD_OPTION: not a string, or an empty one
 */
export function checkPath(path: unknown, what: string): string {
  if (typeof path === 'string' && path !== '') return path;
  throw new ValueError('BAD_OPTION', `${what} is ${show(path)}.`, 'Pass a path.');
}

/**
 * @param what  what a message calls it: `onHeaders`
 * @throws {ValueError} BAD_OPTION: not a function
 */
export function checkCallback(value: unknown, what: string): void {
  if (typeof value === 'function') return;
  throw new ValueError('BAD_OPTION', `${what} is ${show(value)}.`, 'Pass a function.');
}

/**
 * @param what  what a message calls it: `writeCheckpoint: force`
 * @throws {ValueError} BAD_OPTION: neither true nor false
 */
export function checkBoolean(value: unknown, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new ValueError('BAD_OPTION', `${what} is ${show(value)}.`, 'Pass true or false.');
}
