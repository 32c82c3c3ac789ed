/**
 * The command line of `npm run quality`: what it accepts, and what that means.
 * @module
 */
import { suggest } from '#built/base/wording.js';
import { BATTERIES, type Battery } from './batteries/testu01.js';
import { readOptions, usageError } from '../usage.js';

export const formatHelp = (
  arrangements: readonly { readonly name: string; readonly says: string }[],
): string => {
  const width = Math.max(...arrangements.map(({ name }) => name.length));
  return `npm run quality [-- COMMAND] [options]

Commands
  values                        draws 2^24 values of each kind and dtype and compares them with their distributions: some minutes;
                                what is run without a command
  testu01 BATTERY [NAME...]     small, crush or big: TestU01's batteries on arrangements, test by test; what has a result is not
                                run again. The order of time is a minute, an hour, four hours for each arrangement
  practrand LENGTH [NAME...]    PractRand up to 1MB to 32TB, such as 128GB, which takes half an hour for each arrangement
  page                          takes the results into bench/quality/results.json and its page

Arrangements; all of them if none is named
${arrangements.map(({ name, says }) => `  ${name.padEnd(width)}  ${says}`).join('\n')}

Options
  --results FOLDER   where the batteries' results are kept; build/quality/results by default
  --tests LIST       with testu01: numbers and ranges of tests, such as 1-12,40
  --again N          with testu01: repetition N from 1, on other words
  --jobs N           with testu01: tests at once; 1 by default
  --testu01 PREFIX   an installation of TestU01, if the compiler does not find it by itself
  --practrand FILE   PractRand's RNG_test; RNG_test by default
  --help             this text
`;
};

const OPTIONS = {
  results: { type: 'string', default: 'build/quality/results' },
  tests: { type: 'string' },
  again: { type: 'string', default: '0' },
  jobs: { type: 'string', default: '1' },
  testu01: { type: 'string' },
  practrand: { type: 'string', default: 'RNG_test' },
  help: { type: 'boolean', short: 'h' },
} as const;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'values' }
  | { readonly kind: 'page'; readonly folder: string }
  | {
      readonly kind: 'testu01';
      readonly battery: Battery;
      readonly arrangements: readonly string[];
      readonly tests: readonly number[];
      readonly again: number;
      readonly jobs: number;
      readonly prefix: string | undefined;
      readonly folder: string;
    }
  | {
      readonly kind: 'practrand';
      readonly length: string;
      readonly arrangements: readonly string[];
      readonly program: string;
      readonly folder: string;
    };

const COMMANDS = ['values', 'testu01', 'practrand', 'page'];

/**
 * @param known  names of arrangements
 * @throws {ValueError} BAD_OPTION
 */
export function parseCommand(argv: readonly string[], known: readonly string[]): Command {
  const { values, positionals } = readOptions(argv, OPTIONS, 'npm run quality -- --help');
  const [command = 'values', first, ...rest] = positionals;
  const folder = values.results;
  if (values.help) return { kind: 'help' };
  switch (command) {
    case 'values':
      return { kind: 'values' };
    case 'page':
      return { kind: 'page', folder };
    case 'testu01': {
      const battery = checkBattery(first);
      return {
        kind: 'testu01',
        battery,
        arrangements: chooseArrangements(rest, known),
        tests: parseTests(values.tests, BATTERIES[battery].tests),
        again: parseWhole('again', values.again, { least: 0, most: MOST_AGAIN }),
        jobs: parseWhole('jobs', values.jobs, { least: 1, most: 999 }),
        prefix: values.testu01,
        folder,
      };
    }
    case 'practrand':
      return {
        kind: 'practrand',
        length: checkLength(first),
        arrangements: chooseArrangements(rest, known),
        program: values.practrand,
        folder,
      };
    default:
      throw usageError(`"${command}" is not a command.`, suggest(command, COMMANDS));
  }
}

function chooseArrangements(names: readonly string[], known: readonly string[]): readonly string[] {
  for (const name of names)
    if (!known.includes(name))
      throw usageError(`"${name}" is not an arrangement.`, suggest(name, [...known]));
  return names.length > 0 ? names : known;
}

function checkBattery(name: string | undefined): Battery {
  if (name === 'small' || name === 'crush' || name === 'big') return name;
  throw usageError(`testu01: the battery is ${name ?? 'missing'}.`, 'It is small, crush or big.');
}

function checkLength(length: string | undefined): string {
  const [, number] = /^(\d+)[MGT]B$/.exec(length ?? '') ?? [];
  if (length !== undefined && Number.isInteger(Math.log2(Number(number)))) return length;
  throw usageError(
    `practrand: the length is ${length ?? 'missing'}.`,
    'It is a power of two and MB, GB or TB: 128GB.',
  );
}

/** Places of later repetitions would be beyond the last element that a tensor can have. */
const MOST_AGAIN = 7;

function parseWhole(
  option: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw usageError(`--${option} is "${text}".`, `It is a whole number from ${least} to ${most}.`);
}

/** `1-3,7` is 1, 2, 3 and 7. @param last  the number of the last test */
export function parseTests(list: string | undefined, last: number): number[] {
  const ranges = (list ?? `1-${last}`).split(',').map((part) => {
    const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    return { part, from: Number(from), to: Number(to) };
  });
  const bad = ranges.find(({ from, to }) => from < 1 || to < from || to > last);
  if (bad !== undefined)
    throw usageError(`--tests: "${bad.part}" is no range of tests.`, `They are numbered from 1 to ${last}.`);
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
}
