/**
 * Reads argv: which options and arguments were typed, or what is wrong with them in the words of whoever typed them.
 * @module
 */
import { parseArgs } from 'node:util';
import { suggest } from '../domain/words.js';
import { ValueError } from '../errors.js';
import { errorCode } from '../storage/io-errors.js';
import { COMMAND_NAMES, describeCommand } from './commands.js';
import { describeOption, OPTION_NAMES, OPTIONS } from './options.js';

export const usageError = (found: string, remedy: string): ValueError =>
  new ValueError('BAD_OPTION', found, remedy);

export type Arguments = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;
export type Values = Arguments['values'];

/** @throws {ValueError} BAD_OPTION: an option that there is not, or without its value */
export function readArguments(argv: readonly string[]): Arguments {
  try {
    return parseArgs({ args: argv.map(completeOption), options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw explainArguments(argv, cause);
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
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return usageError(`There is no option ${option}.`, suggestOption(argv, option));
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return explainValue(argv, option);
    default:
      return usageError(message.endsWith('.') ? message : `${message}.`, 'See jumpfill --help.');
  }
}

/** Of the command's options, if there is one; `-o` may be short for one that it begins. */
function suggestOption(argv: readonly string[], option: string): string {
  const command = COMMAND_NAMES.find((name) => argv.includes(name));
  const names = command === undefined ? Object.keys(OPTIONS) : [...describeCommand(command).options, 'help'];
  const options = names.map((name) => `--${name}`);
  const long = option.startsWith('--') ? undefined : options.find((name) => name.startsWith(`-${option}`));
  return long === undefined ? suggest(option, options) : suggest(long, options);
}

/** A flag with a value, or an option without one: -1 would be taken for another option. */
function explainValue(argv: readonly string[], option: string): ValueError {
  const name = OPTION_NAMES.find((known) => `--${known}` === option);
  if (name === undefined)
    return usageError(`${option} has no value that can be read.`, 'See jumpfill --help.');
  const { value, help } = describeOption(name);
  if (value === undefined) return usageError(`${option} takes no value.`, `Write ${option} alone: ${help}.`);
  const given = argv[argv.indexOf(option) + 1];
  const found = given === undefined ? `${option} has no value.` : `${option} is "${given}".`;
  return usageError(found, `It takes ${value}: ${help}.`);
}
