/**
 * Reads argv: which options and arguments were typed, or what is wrong with them in the words of whoever typed them.
 * @module
 */
import { parseArgs } from 'node:util';
import { shorten, show, suggest } from '../../base/wording.js';
import { ValueError } from '../../base/errors.js';
import { errorCode } from '../../storage/files/io-errors.js';
import { describeCommand, findCommand, type CommandName } from './commands.js';
import { translateOption } from './foreign-options.js';
import { describeOption, OPTION_NAMES, OPTIONS } from './options.js';

/** What was typed is wrong: the help of its command tells what is right. */
export class UsageError extends ValueError {}

export const usageError = (found: string, remedy: string): UsageError =>
  new UsageError('BAD_OPTION', found, remedy);

export type Arguments = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;
export type Values = Arguments['values'];

/** @throws {ValueError} BAD_OPTION: an option that there is not, without its value, or twice */
export function readArguments(argv: readonly string[]): Arguments {
  refuseLooseValues(argv);
  const config = {
    args: argv.map(completeOption),
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

/** Of two values one would be ignored. */
function refuseTwice(given: readonly { readonly name: string; readonly value?: string | undefined }[]): void {
  const values = new Map<string, string | undefined>();
  for (const { name, value } of given) {
    const option = OPTION_NAMES.find((known) => known === name);
    if (option === undefined || describeOption(option).multiple) continue;
    const earlier = values.get(name);
    if (values.has(name) && earlier !== value)
      throw usageError(`--${name} is both ${show(earlier)} and ${show(value)}.`, 'Pass it once.');
    values.set(name, value);
  }
}

/** `--wait 60` would wait without end, and take 60 for a file. */
function refuseLooseValues(argv: readonly string[]): void {
  for (const [i, option] of argv.entries()) {
    const value = argv[i + 1] ?? '';
    if (option === completeOption(option) || !/^\d+(\.\d+)?$/.test(value)) continue;
    throw usageError(`${option} ${show(value)}: its value stands behind an =.`, `Write ${option}=${value}.`);
  }
}

/** An option whose value may be left out has an empty one then: parseArgs knows no such options. */
function completeOption(argument: string): string {
  const name = OPTION_NAMES.find((known) => `--${known}` === argument);
  return name !== undefined && describeOption(name).isValueOptional ? `${argument}=` : argument;
}

/** Node's words are about parseArgs, not about what was typed. */
function explainArguments(argv: readonly string[], cause: unknown): ValueError {
  const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  const [, option = ''] = /'(?:-\w, )?(--?[^ ']+)/.exec(message) ?? [];
  switch (errorCode(cause)) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION': {
      const given = argv[argv.indexOf(option) + 1];
      return usageError(
        `There is no option ${shorten(option)}.`,
        suggestOption(option, findCommand(argv), given),
      );
    }
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return explainValue(argv, option);
    default:
      return usageError(`${shorten(message.replace(/\.$/, ''), LONGEST_REASON)}.`, 'Write it otherwise.');
  }
}

const LONGEST_REASON = 200;

/**
 * Of the command's options, if there is one; `-o` and `--shard` may be short for those that they begin.
 * @param value  what stands behind it
 */
export function suggestOption(option: string, command: CommandName | undefined, value?: string): string {
  const names = command === undefined ? OPTION_NAMES : [...describeCommand(command).options, 'help'];
  const options = names.map((name) => `--${name}`);
  const beginning = option.startsWith('--') ? option : `-${option}`;
  const longer = options.filter((name) => name.startsWith(beginning));
  const translation = longer.length > 0 ? { means: longer } : translateOption(option, value);
  return suggest(option, options, translation);
}

/** A flag with a value, or an option without one: -1 would be taken for another option. */
function explainValue(argv: readonly string[], option: string): ValueError {
  const name = OPTION_NAMES.find((known) => `--${known}` === option);
  if (name === undefined)
    return usageError(`${shorten(option)} has no value that can be read.`, 'Write it otherwise.');
  const { value, help } = describeOption(name);
  if (value === undefined) return usageError(`${option} takes no value.`, `Write ${option} alone: ${help}.`);
  const given = argv[argv.indexOf(option) + 1];
  const found = given === undefined ? `${option} has no value.` : `${option} is ${show(given)}.`;
  return usageError(found, `It takes ${value}: ${help}.`);
}
