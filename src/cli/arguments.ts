/**
 * The command line: what may be written there, and what it means.
 * @module
 */
import { parseArgs } from 'node:util';
import { INIT_KINDS, INIT_PARAMETERS, type InitKind, type Parameter } from '../domain/init.js';
import { DTYPE_NAMES } from '../domain/tensor.js';
import { suggest } from '../domain/words.js';
import { ValueError } from '../errors.js';

export const HELP = `jumpfill: random initial weights for very large tensors, the same bytes on every machine

Usage
  jumpfill init SPEC.json --out FILE.safetensors [options]
  jumpfill schema            prints the JSON Schema of a spec

Options of init
  --out FILE      the safetensors file to write
  --seed N        whole number from 0 to 2^64 - 1; the spec's by default, else random and told
  --threads N     number of threads; by default as many as this process has processors
  --force         replace FILE if it exists
  --checksum      tell the SHA-256 of the file
  --json          the report as JSON on standard output, and nothing else
  --quiet         print nothing but errors and warnings
  --help          this text
  --version       the version

Spec
  { "seed": 42,
    "default": { "dtype": "float32", "init": { "kind": "wage", "bits": 2, "factor": 1 } },
    "tensors": [ { "name": "features.1.weight", "shape": [128, 3, 3, 3] },
                 { "name": "classifier.3.bias", "shape": [10], "init": { "kind": "zeros" } } ] }

  Dtypes: ${DTYPE_NAMES.join(', ')}
  Kinds, with the defaults of what may be left out:
${INIT_KINDS.map((kind) => `    ${describeKind(kind)}`).join('\n')}

Exit codes
  0 done, 1 failed, 2 wrong usage or spec, 130 interrupted by Ctrl-C
  (129 by SIGHUP, 143 by SIGTERM)
`;

/** `normal {mean = 0, std = 1}` */
function describeKind(kind: InitKind): string {
  const listed = Object.entries<Parameter>(INIT_PARAMETERS[kind]).map(([key, parameter]) =>
    'default' in parameter ? `${key} = ${JSON.stringify(parameter.default)}` : key,
  );
  return listed.length === 0 ? kind : `${kind} {${listed.join(', ')}}`;
}

const OPTIONS = {
  out: { type: 'string' },
  seed: { type: 'string' },
  threads: { type: 'string' },
  force: { type: 'boolean' },
  checksum: { type: 'boolean' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export interface InitCommand {
  readonly kind: 'init';
  readonly specPath: string;
  readonly out: string;
  readonly seed: bigint | undefined;
  readonly threads: number | undefined;
  readonly force: boolean;
  readonly checksum: boolean;
  readonly output: 'table' | 'json' | 'quiet';
}

export type Command = InitCommand | { readonly kind: 'help' | 'version' | 'schema' };

const COMMANDS = ['init', 'schema'] as const;

const usageError = (found: string, remedy: string): ValueError => new ValueError('BAD_OPTION', found, remedy);

/** @throws {ValueError} BAD_OPTION: an unknown command or option, a missing or wrong value */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = readArguments(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [command, specPath, ...rest] = positionals;
  if (command === undefined)
    throw usageError('No command was given.', 'Try: jumpfill init SPEC.json --out FILE.safetensors');
  if (command === 'schema') return parseSchemaCommand(values, specPath);
  if (command !== 'init') throw usageError(`There is no command "${command}".`, suggest(command, COMMANDS));
  return parseInitCommand(values, specPath, rest);
}

function parseSchemaCommand(values: Arguments['values'], argument: string | undefined): Command {
  const [option] = Object.keys(values);
  const surplus = argument ?? (option === undefined ? undefined : `--${option}`);
  if (surplus === undefined) return { kind: 'schema' };
  throw usageError(`schema: "${surplus}" is one argument too many.`, 'It takes none: jumpfill schema');
}

function parseInitCommand(
  values: Arguments['values'],
  specPath: string | undefined,
  rest: readonly string[],
): InitCommand {
  if (specPath === undefined)
    throw usageError('init: no spec was given.', 'Name a JSON file: jumpfill init SPEC.json --out FILE');
  if (rest.length > 0)
    throw usageError(`init: "${rest.join(' ')}" is one argument too many.`, 'One spec makes one file.');
  if (values.quiet && (values.checksum ?? values.json)) {
    throw usageError(
      'init: --quiet prints nothing, not even what --checksum or --json asks for.',
      'Leave one of them out.',
    );
  }
  if (values.out === undefined)
    throw usageError('init: --out is missing.', 'Name the file to write: --out FILE.safetensors');
  return {
    kind: 'init',
    specPath,
    out: values.out,
    seed: values.seed === undefined ? undefined : parseWhole('--seed', values.seed, 2n ** 64n - 1n),
    threads:
      values.threads === undefined ? undefined : Number(parseWhole('--threads', values.threads, 1024n)),
    force: values.force ?? false,
    checksum: values.checksum ?? false,
    output: values.json ? 'json' : values.quiet ? 'quiet' : 'table',
  };
}

type Arguments = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;

function readArguments(argv: readonly string[]): Arguments {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    const unknown = argv.find((argument) => /^--[^=]/.test(argument) && !isOption(argument.slice(2)));
    const options = Object.keys(OPTIONS).map((name) => `--${name}`);
    if (unknown !== undefined) throw usageError(`There is no option ${unknown}.`, suggest(unknown, options));
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw usageError(message.endsWith('.') ? message : `${message}.`, 'See jumpfill --help.');
  }
}

const isOption = (argument: string): boolean => Object.hasOwn(OPTIONS, argument.split('=')[0] ?? '');

function parseWhole(option: string, text: string, largest: bigint): bigint {
  if (/^\d+$/.test(text) && BigInt(text) <= largest) return BigInt(text);
  throw usageError(`${option} is "${text}".`, `It takes a whole number up to ${largest}.`);
}
