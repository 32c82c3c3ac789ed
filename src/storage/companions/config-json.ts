/**
 * Reads a model's config.json and its like, as Python wrote them: its JSON has infinities and NaN, which JSON does not, such as
 * `time_step_limit` of Mamba 2.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { isPlainObject } from '../../base/objects.js';

export type ModelConfig = Readonly<Record<string, unknown>>;

/**
 * A string, or what Python writes and JSON does not know. A string without an end is one match, too: were it none, each quote in it
 * would be tried, in a time that grows with the square of the text.
 */
const STRING_OR_WORD = /"[^"\\]*(?:\\[^][^"\\]*)*"?|-?\b(?:Infinity|NaN)\b/g;

/** What JSON.parse reads as these numbers. It has no way to write NaN. */
const WORDS: Readonly<Record<string, string>> = {
  Infinity: '1e999',
  '-Infinity': '-1e999',
  NaN: 'null',
  '-NaN': 'null',
};

/**
 * @param where  what a message calls the file
 * @throws {ValueError} BAD_CHECKPOINT: not UTF-8, not JSON, or no object
 */
export function parseConfig(bytes: Uint8Array, where: string): ModelConfig {
  const config = parsePythonJson(bytes);
  if (isPlainObject(config)) return config;
  const what = config === undefined ? 'not JSON' : 'not an object of JSON';
  throw new ValueError('BAD_CHECKPOINT', `${where} is ${what}.`, 'Get the file again.');
}

/** Undefined if it is not JSON, not even Python's. */
function parsePythonJson(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parseOrNothing(text) ?? JSON.parse(text.replace(STRING_OR_WORD, (found) => WORDS[found] ?? found));
  } catch {
    return undefined;
  }
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
