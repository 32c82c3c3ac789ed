/**
 * Reads argv: options and arguments as they were typed, or a message in the terms of the command line.
 * @module
 */
import { parseArgs } from 'node:util';
import { shorten, show, suggest } from '../../base/wording.js';
import { at } from '../../base/at.js';
import { messageOf, ValueError } from '../../base/errors.js';
import { errorCode } from '../../storage/files/io-errors.js';
import { describeCommand, findCommand, type CommandName } from './commands.js';
import { translateOption } from './foreign-options.js';
import { describeOption, OPTION_NAMES, OPTIONS, writeOption } from './options.js';

/** A mistake in the command line itself; the message then points to the help. */
export class UsageError extends ValueError {}

export const usageError = (found: string, remedy: string): UsageError =>
  new UsageError('BAD_OPTION', found, remedy);

export type Arguments = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;
export type Values = Arguments['values'];

/** @throws {UsageError} BAD_OPTION: an option that is unknown, lacks its value, or is given twice */
export function readArguments(argv: readonly string[]): Arguments {
  refuseLooseValues(argv);
  const config = {
    args: joinNegatives(argv).map(completeOption),
    options: OPTIONS,
    allowPositionals: true,
    tokens: true,
  } as const;
  try {
    const { tokens, ...read } = parseArgs(config);
    refuseTwice(tokens.flatMap((token) => (token.kind === 'option' ? token : [])));
    return read;
  } catch (cause) {
    throw cause instanceof ValueError ? cause : explainArguments(argv, cause);
  }
}

/** One of two values would be ignored. */
function refuseTwice(given: readonly { readonly name: string; readonly value?: string | undefined }[]): void {
  const values = new Map<string, string | undefined>();
  for (const { name, value } of given) {
    const option = OPTION_NAMES.find((known) => known === name);
    if (option === undefined || describeOption(option).multiple) continue;
    const earlier = values.get(name);
    if (values.has(name) && earlier !== value)
      throw usageError(`--${name} was given twice: ${show(earlier)} and ${show(value)}.`, 'Pass it once.');
    values.set(name, value);
  }
}

/** `--wait 60` would wait without end, and take 60 for the spec. */
function refuseLooseValues(argv: readonly string[]): void {
  for (const [i, option] of argv.entries()) {
    const value = argv[i + 1] ?? '';
    if (option === completeOption(option) || !/^\d+(\.\d+)?$/.test(value)) continue;
    throw usageError(`${option} ${value}: the value must follow an "=".`, `Write ${option}=${value}.`);
  }
}

/** Gives an option whose value was left out an empty one: parseArgs has no optional values. */
function completeOption(argument: string): string {
  const name = OPTION_NAMES.find((known) => `--${known}` === argument);
  return name !== undefined && describeOption(name).isValueOptional ? `${argument}=` : argument;
}

/** `--seed -1` becomes `--seed=-1`: parseArgs takes a -1 by itself for another option. */
function joinNegatives(argv: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    const name = OPTION_NAMES.find((known) => `--${known}` === joined.at(-1));
    const isValue = name !== undefined && describeOption(name).mayBeNegative && /^-\d+$/.test(argument);
    if (isValue) joined.push(`${joined.pop()}=${argument}`);
    else joined.push(argument);
  }
  return joined;
}

/** Node's own messages are about parseArgs, not about what was typed. */
function explainArguments(argv: readonly string[], cause: unknown): ValueError {
  const message = at(messageOf(cause).split('\n'), 0);
  const [, option = ''] = /'(?:-\w, )?(--?[^ ']+)/.exec(message) ?? [];
  switch (errorCode(cause)) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION': {
      const given = argv[argv.indexOf(option) + 1];
      return usageError(
        `Unknown option ${shorten(option)}.`,
        suggestOption(option, findCommand(argv), given),
      );
    }
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return explainValue(argv, option);
    default:
      return usageError(`${shorten(message.replace(/\.$/, ''), LONGEST_REASON)}.`, 'Check the spelling.');
  }
}

const LONGEST_REASON = 200;

/**
 * A hint from the command's options, or from all. `-o` and `--shard` may be short for the options that they begin.
 * @param value  the next argument, perhaps its value
 */
export function suggestOption(option: string, command: CommandName | undefined, value?: string): string {
  const names = command === undefined ? OPTION_NAMES : [...describeCommand(command).options, 'help'];
  const options = names.map((name) => `--${name}`);
  const beginning = option.startsWith('--') ? option : `-${option}`;
  const longer = options.filter((name) => name.startsWith(beginning));
  const translation = longer.length > 0 ? { means: longer } : translateOption(option, value);
  return suggest(option, options, translation);
}

/** A flag with a value, or an option without one: parseArgs takes -1 for another option. */
function explainValue(argv: readonly string[], option: string): ValueError {
  const name = OPTION_NAMES.find((known) => `--${known}` === option);
  if (name === undefined) return usageError(`${shorten(option)} cannot be read.`, 'Check the spelling.');
  const { value, help } = describeOption(name);
  if (value === undefined) return usageError(`${option} takes no value.`, `Write ${option} alone: ${help}.`);
  const given = argv[argv.indexOf(option) + 1];
  const found = given === undefined ? `${option} has no value.` : `${option} is ${show(given)}.`;
  return usageError(found, `Write ${writeOption(name)}: ${withoutAside(help)}.`);
}

/** The help text without defaults and cases, which follow a semicolon. */
const withoutAside = (help: string): string => help.replace(/;.*/, '');
