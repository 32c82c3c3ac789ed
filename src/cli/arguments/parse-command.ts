/**
 * Parses a command line.
 * @module
 */
import type { Environment } from '../../domain/partition/job-array.js';
import { parsePart } from '../../domain/partition/part.js';
import { shorten, show, suggest } from '../../base/wording.js';
import { readArguments, suggestOption, usageError, type Values } from './argv.js';
import { checkCombination } from './combinations.js';
import type { Command, ModelSource, OutputFormat } from './command.js';
import { COMMAND_NAMES, describeCommand, STDOUT, type CommandName } from './commands.js';
import {
  checkSize,
  checkTypedPath,
  LARGEST_SEED,
  parseGenerator,
  parseInit,
  parseSeconds,
  parseSeed,
  parseShare,
  parseThreads,
  parseWhole,
} from './option-values.js';

/**
 * @param environment  the variables that `--part auto` reads
 * @throws {ValueError} BAD_OPTION: an unknown command or option, a missing or invalid value
 */
export function parseCommand(argv: readonly string[], environment: Environment = {}): Command {
  if (argv[0] === 'help') return parseHelp(argv.slice(1));
  const { values, positionals } = readArguments(argv);
  if (values.version) return { kind: 'version' };
  const [word, ...rest] = positionals;
  if (values.help) return { kind: 'help', of: COMMAND_NAMES.find((known) => known === word) };
  if (word === undefined)
    throw usageError('No command given.', 'Try: jumpfill init gpt2 --out gpt2.safetensors');
  const name = readCommandName(word);
  refuseOthers(name, values);
  checkCombination(name, values);
  const argument = readArgument(name, rest);
  checkPaths(name, values, argument);
  return parsers[name](values, argument, environment);
}

function parseHelp([topic, ...surplus]: readonly string[]): Command {
  if (surplus.length > 0)
    throw usageError(`help: unexpected argument ${show(surplus.join(' '))}.`, 'It takes one command.');
  return { kind: 'help', of: topic === undefined ? undefined : readCommandName(topic) };
}

function readCommandName(word: string): CommandName {
  const name = COMMAND_NAMES.find((known) => known === word);
  if (name !== undefined) return name;
  throw usageError(`Unknown command ${show(word)}.`, suggest(word, COMMAND_NAMES));
}

const PATH_OPTIONS = ['out', 'from', 'like', 'spec', 'html'] as const;

function checkPaths(name: CommandName, values: Values, argument: string | undefined): void {
  if (argument !== undefined) checkTypedPath(name, argument);
  if (argument !== undefined) refuseAddress(name, argument);
  for (const option of PATH_OPTIONS) {
    const path = values[option];
    if (path !== undefined) checkTypedPath(`--${option}`, path);
  }
}

const ADDRESS = /^(?:hf:|https?:\/\/)/i;

/** Only --like reads what is not on a disk. */
function refuseAddress(name: CommandName, argument: string): void {
  if (!ADDRESS.test(argument)) return;
  const found = `${name}: ${show(argument, 200)} is an address, and only --like takes one.`;
  const isDrawn = ['init', 'plan', 'recipe'].includes(name);
  const out = name === 'init' ? ' --out FILE.safetensors' : '';
  const remedy = isDrawn
    ? `Write: jumpfill ${name} --like ${shorten(argument, 200)} --init auto${out}`
    : `Pass the path of a checkpoint on a disk; a file of that name is ./${shorten(argument, 200)}.`;
  throw usageError(found, remedy);
}

/** Refuses options that only other commands take. */
function refuseOthers(name: CommandName, values: Values): void {
  const { options, argument } = describeCommand(name);
  const known: readonly string[] = options;
  const surplus = Object.keys(values).find((option) => !known.includes(option));
  if (surplus === undefined) return;
  const remedy =
    options.length === 0
      ? `It takes none: ${['jumpfill', name, ...(argument === undefined ? [] : [argument])].join(' ')}`
      : suggestOption(`--${surplus}`, name);
  throw usageError(`${name} has no option --${surplus}.`, remedy);
}

function readArgument(name: CommandName, rest: readonly string[]): string | undefined {
  const { argument, isArgumentOptional } = describeCommand(name);
  const [first, ...surplus] = argument === undefined ? [undefined, ...rest] : rest;
  if (surplus.length > 0) {
    const takes = argument === undefined ? 'It takes none' : `It takes one, ${argument}`;
    throw usageError(`${name}: unexpected argument ${show(surplus.join(' '))}.`, `${takes}.`);
  }
  if (first !== undefined || argument === undefined || isArgumentOptional) return first;
  throw usageError(`${name}: ${argument} is missing.`, `Write: jumpfill ${name} ${argument}`);
}

type Parser = (values: Values, argument: string | undefined, environment: Environment) => Command;

const parsers: Readonly<Record<CommandName, Parser>> = {
  init: (values, argument, environment) => {
    const source = parseSource('init', values, argument, environment);
    if (values.out === undefined)
      throw usageError('init: --out is missing.', 'Name the file to write: --out FILE.safetensors');
    const every = values['record-every'];
    return {
      kind: 'init',
      ...source,
      out: values.out,
      resume: values.resume ?? false,
      recordIntervalMs: every === undefined ? undefined : parseSeconds('--record-every', every),
      waitForLock: parseWait(values),
      takeOver: values['take-over'] ?? false,
      threads: parseThreads(values.threads),
      force: values.force ?? false,
      checksum: values.checksum ?? false,
      output: parseOutputFormat(values),
    };
  },
  plan: (values, argument, environment) => ({
    kind: 'plan',
    ...parseSource('plan', values, argument, environment),
    out: values.out,
    output: parseOutputFormat(values),
  }),
  merge: (values, argument = '') => {
    if (argument === STDOUT)
      throw usageError(
        'merge: "-" is not a file.',
        'Pass the --out of the parts: jumpfill merge FILE.safetensors',
      );
    return { kind: 'merge', out: argument, force: values.force ?? false, output: parseOutputFormat(values) };
  },
  verify: (values, argument = '') => {
    const { spec, like, sample, 'sample-seed': sampleSeed, tensor } = values;
    return {
      kind: 'verify',
      checkpointPath: argument,
      specPath: spec,
      like,
      seed: parseSeed(values.seed),
      generator: parseGenerator(values.generator),
      sample: sample === undefined ? undefined : parseShare('--sample', sample),
      sampleSeed:
        sampleSeed === undefined ? undefined : parseWhole('--sample-seed', sampleSeed, LARGEST_SEED),
      tensors: tensor,
      threads: parseThreads(values.threads),
      output: parseOutputFormat(values),
    };
  },
  inspect: (values, argument = '') => ({
    kind: 'inspect',
    checkpointPath: argument,
    specPath: values.spec,
    generator: parseGenerator(values.generator),
    htmlPath: values.html,
    force: values.force ?? false,
    threads: parseThreads(values.threads),
    output: parseOutputFormat(values),
  }),
  recipe: (values, path) => {
    const { like, seed, generator } = values;
    if (like === undefined && path === undefined)
      throw usageError('recipe: CHECKPOINT is missing.', 'Write: jumpfill recipe CHECKPOINT');
    const init = parseInit(values.init);
    if (path === undefined && init === undefined)
      throw usageError('recipe: SPEC.json is missing.', ADD_RULES);
    return { kind: 'recipe', path, like, init, seed: parseSeed(seed), generator: parseGenerator(generator) };
  },
  models: (values) => ({ kind: 'models', output: parseOutputFormat(values) }),
  schema: () => ({ kind: 'schema' }),
};

const ADD_RULES = 'Name a JSON file with rules for the tensors of --like, or pass --init auto.';

function parseSource(
  command: 'init' | 'plan',
  values: Values,
  specPath: string | undefined,
  environment: Environment,
): ModelSource {
  const { from, like, part } = values;
  const init = parseInit(values.init);
  if (specPath === undefined && from === undefined && init === undefined) {
    const out = command === 'init' ? ' --out FILE.safetensors' : '';
    const remedy =
      like === undefined
        ? `Name a JSON file, or a built-in model: jumpfill ${command} gpt2${out}`
        : ADD_RULES;
    throw usageError(`${command}: SPEC.json is missing.`, remedy);
  }
  if (from !== undefined && (specPath ?? like) !== undefined) {
    const other = specPath === undefined ? '--like' : 'a spec';
    const remedy = 'Leave one of them out: --from takes the spec from the checkpoint.';
    throw usageError(`${command}: --from cannot be combined with ${other}.`, remedy);
  }
  return {
    specPath,
    from,
    like,
    init,
    withConfig: values['with-config'] ?? false,
    seed: parseSeed(values.seed),
    generator: parseGenerator(values.generator),
    shardSize: checkSize('--shard-size', values['shard-size']),
    part: part === undefined ? undefined : parsePart(part, environment),
  };
}

const parseOutputFormat = ({ json, quiet }: Values): OutputFormat =>
  json ? 'json' : quiet ? 'quiet' : 'table';

function parseWait({ wait }: Values): number | true | undefined {
  if (wait === undefined) return undefined;
  return wait === '' ? true : parseSeconds('--wait', wait);
}
