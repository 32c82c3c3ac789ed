/**
 * The commands: what each takes. Help and parsing are made of this table.
 * @module
 */
import type { OptionName } from './options.js';

/** What `--out` says for standard output. */
export const STDOUT = '-';

export interface CommandForm {
  /** What it takes beside options. */
  readonly argument?: string;
  /** The argument may be left out. */
  readonly isOptional?: true;
  readonly summary: string;
  readonly options: readonly OptionName[];
  /** What an option does here, where that is not what it does elsewhere. */
  readonly help?: Readonly<Partial<Record<OptionName, string>>>;
}

const SAYING = ['json', 'quiet'] as const satisfies readonly OptionName[];

export const COMMANDS = {
  init: {
    argument: 'SPEC.json',
    isOptional: true,
    summary: "write a model's weights to a safetensors file, or to shards with their index",
    options: [
      'out',
      'from',
      'like',
      'seed',
      'shard-size',
      'part',
      'resume',
      'record-every',
      'wait',
      'take-over',
      'threads',
      'force',
      'checksum',
      ...SAYING,
    ],
  },
  plan: {
    argument: 'SPEC.json',
    isOptional: true,
    summary: 'what init would write: files, sizes, free space; nothing is written',
    options: ['out', 'from', 'like', 'seed', 'shard-size', 'part', 'json'],
    help: { out: 'the safetensors file that would be written, or what shards would be named after' },
  },
  merge: {
    argument: 'FILE',
    summary: 'check that all parts have written their shards of FILE, and write the index',
    options: ['force', ...SAYING],
  },
  verify: {
    argument: 'CHECKPOINT',
    summary: 'compute a checkpoint again from its metadata and compare every byte',
    options: ['spec', 'seed', 'sample', 'sample-seed', 'tensor', 'threads', ...SAYING],
    help: { seed: "whole number from 0 to 2^64 - 1; by default the spec's, else the one in the metadata" },
  },
  inspect: {
    argument: 'CHECKPOINT',
    summary: 'what values the tensors of any safetensors file have, beside what they should have',
    options: ['spec', 'html', 'force', 'threads', ...SAYING],
  },
  recipe: {
    argument: 'CHECKPOINT',
    summary: 'print the spec that stands for a checkpoint: init makes the same bytes of it',
    options: [],
  },
  schema: { summary: 'print the JSON Schema of a spec', options: [] },
} as const satisfies Readonly<Record<string, CommandForm>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** The command in a command line: what it begins with, else the first word that is one. */
export const findCommand = (argv: readonly string[]): CommandName | undefined =>
  argv.flatMap((word) => COMMAND_NAMES.find((name) => name === word) ?? [])[0];

export const describeCommand = (name: CommandName): CommandForm => COMMANDS[name];
