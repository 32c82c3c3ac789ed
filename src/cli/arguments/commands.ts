/**
 * The commands: argument, summary and options of each. Parsing and help follow this table; what an option means: options.ts.
 * @module
 */
import type { OptionName } from './options.js';

/** `--out -` is standard output. */
export const STDOUT = '-';

export interface CommandForm {
  /** Stands for the argument in the help: `SPEC.json`. */
  readonly argument?: string;
  readonly isArgumentOptional?: true;
  /** What may stand in place of the argument, as the help shows it. */
  readonly instead?: string;
  readonly summary: string;
  readonly options: readonly OptionName[];
  /** Help for options that do something else here than elsewhere. */
  readonly help?: Readonly<Partial<Record<OptionName, string>>>;
}

const OUTPUT_FORMATS = ['json', 'quiet'] as const satisfies readonly OptionName[];

const GENERATOR_OF_SPEC =
  "with --spec, where the words come from; by default the spec's, else the one in the metadata";

export const COMMANDS = {
  init: {
    argument: 'SPEC.json',
    isArgumentOptional: true,
    instead: '--like CHECKPOINT --init auto --out FILE',
    summary: "write a model's weights to a safetensors file, or to shards with an index",
    options: [
      'out',
      'from',
      'like',
      'init',
      'with-config',
      'seed',
      'generator',
      'shard-size',
      'part',
      'resume',
      'record-every',
      'wait',
      'take-over',
      'threads',
      'force',
      'checksum',
      ...OUTPUT_FORMATS,
    ],
  },
  plan: {
    argument: 'SPEC.json',
    isArgumentOptional: true,
    summary: 'show what init would write (files, sizes, free space), and write nothing',
    options: [
      'out',
      'from',
      'like',
      'init',
      'with-config',
      'seed',
      'generator',
      'shard-size',
      'part',
      'json',
    ],
    help: { out: 'the safetensors file that init would write; shards are named after it' },
  },
  merge: {
    argument: 'FILE',
    summary: 'check that all parts of FILE have been written, and write the index',
    options: ['force', ...OUTPUT_FORMATS],
    help: { force: 'replace an existing index' },
  },
  verify: {
    argument: 'CHECKPOINT',
    summary: 'draw a checkpoint again from its metadata, and compare every byte',
    options: [
      'spec',
      'like',
      'seed',
      'generator',
      'sample',
      'sample-seed',
      'tensor',
      'threads',
      ...OUTPUT_FORMATS,
    ],
    help: {
      seed: "a whole number from 0 to 2^64 - 1, with torch from -2^63; by default the spec's, else the one in the metadata",
      generator: GENERATOR_OF_SPEC,
      like: 'compare kept tensors with those of this checkpoint, which they were kept of',
    },
  },
  inspect: {
    argument: 'CHECKPOINT',
    summary: 'measure the tensors of any safetensors checkpoint, and compare them with their recipe',
    options: ['spec', 'generator', 'html', 'force', 'threads', ...OUTPUT_FORMATS],
    help: { force: 'replace an existing HTML page', generator: GENERATOR_OF_SPEC },
  },
  recipe: {
    argument: 'CHECKPOINT',
    isArgumentOptional: true,
    instead: '[SPEC.json] --like CHECKPOINT --init auto',
    summary:
      'print the spec from which init writes this checkpoint again, or what it would write with --like, without reading that again',
    options: ['like', 'init', 'seed', 'generator'],
    help: { seed: "with --like, the seed of the printed spec; by default the given spec's, if it has one" },
  },
  models: {
    summary: 'list the specs that ship with the package, and the architectures that --init auto knows',
    options: ['json'],
  },
  schema: { summary: 'print the JSON Schema of a spec', options: [] },
} as const satisfies Readonly<Record<string, CommandForm>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** The first command that a command line names. */
export const findCommand = (argv: readonly string[]): CommandName | undefined =>
  argv.flatMap((word) => COMMAND_NAMES.find((name) => name === word) ?? [])[0];

export const describeCommand = (name: CommandName): CommandForm => COMMANDS[name];
