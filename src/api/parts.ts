/**
 * The part of a checkpoint that a process writes, from the text that `--part` takes.
 * @module
 */
import { isPlainObject } from '../base/objects.js';
import { parsePart as parse, type Part } from '../domain/partition/part.js';
import type { Environment } from '../domain/partition/job-array.js';
import { show } from '../base/wording.js';
import { ValueError } from '../base/errors.js';

/**
 * @param text         `2/8`, `auto/8`, `auto0/8` or `auto`, as `--part` takes it
 * @param environment  the variables from which `auto` takes the task of a job array. @defaultValue those of this process
 * @throws {ValueError} BAD_OPTION: unknown text, or an environment that does not say which part this process is
 */
export function parsePart(text: string, environment: Environment = process.env): Part {
  const given: unknown = text;
  if (typeof given !== 'string') {
    throw new ValueError('BAD_OPTION', `parsePart: the text is ${show(given)}.`, 'Pass text, such as "2/8".');
  }
  if (environment !== process.env && !isPlainObject(environment)) {
    const found = `parsePart: the environment is ${show(environment)}.`;
    throw new ValueError('BAD_OPTION', found, 'Pass an object of variables, such as process.env.');
  }
  return parse(given, environment);
}
