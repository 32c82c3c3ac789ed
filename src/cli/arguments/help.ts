/**
 * What `--help` prints.
 * @module
 */
import { INIT_KINDS, INIT_PARAMETERS, type InitKind, type Parameter } from '../../domain/recipes/init.js';
import { DTYPE_NAMES } from '../../domain/tensors/dtypes.js';
import { COMMAND_NAMES, describeCommand, type CommandForm, type CommandName } from './commands.js';
import { listModels } from './shipped-models.js';
import { describeOption, writeOption, type OptionName } from './options.js';

const TITLE = 'jumpfill: random initial weights for very large tensors, the same bytes on every machine';

/** `jumpfill init SPEC.json [options]` */
function writeUsage(name: CommandName): string {
  const { argument, options } = describeCommand(name);
  const words = ['jumpfill', name, argument, options.length > 0 ? '[options]' : undefined];
  return words.filter((word) => word !== undefined).join(' ');
}

/** Two columns. */
function align(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

const listOptions = (names: readonly OptionName[], here: CommandForm['help'] = {}): string =>
  align(names.map((name) => [writeOption(name), here[name] ?? describeOption(name).help]));

function listOptionsOf(command: CommandName): string {
  const { options, help } = describeCommand(command);
  return listOptions(options, help);
}

export function writeHelp(): string {
  return `${TITLE}

Usage
${align(COMMAND_NAMES.map((name) => [writeUsage(name), describeCommand(name).summary]))}

${listOptions(['help', 'version'])}

A CHECKPOINT is a safetensors file, an index (*.safetensors.index.json), or a folder that holds one of them.

${COMMAND_NAMES.filter((name) => describeCommand(name).options.length > 0)
  .map((name) => `Options of ${name}\n${listOptionsOf(name)}`)
  .join('\n\n')}

${writeSpecHelp()}

${EXIT_HELP}
`;
}

export function writeCommandHelp(name: CommandName): string {
  const { summary, options } = describeCommand(name);
  const parts = [`${writeUsage(name)}\n  ${summary}`];
  if (options.length > 0) parts.push(`Options\n${listOptionsOf(name)}`);
  if (name === 'init' || name === 'plan') parts.push(writeSpecHelp());
  parts.push(EXIT_HELP);
  return `${parts.join('\n\n')}\n`;
}

const writeSpecHelp = (): string => `Spec
  { "seed": 42, "shard_size": "5GB",
    "default": { "dtype": "float32", "init": { "kind": "wage", "bits": 2, "factor": 1 } },
    "rules": [ { "match": "*.bias", "init": { "kind": "zeros" } },
               { "match": "re:.*norm.*", "dtype": "bfloat16", "init": { "kind": "ones" } } ],
    "tensors": [ { "name": "features.1.weight", "shape": [128, 3, 3, 3] },
                 { "name": "classifier.3.bias", "shape": [10] } ] }

  Where a SPEC.json is asked for, the name of a model that ships will do: ${listModels().join(', ')}.
  A tensor takes its own init and dtype, else those of the first rule that matches its name, else the default's.
  Dtypes: ${DTYPE_NAMES.join(', ')}
  Kinds, with the defaults of what may be left out:
${INIT_KINDS.map((kind) => `    ${describeKind(kind)}`).join('\n')}`;

const EXIT_HELP = `Exit codes
  0 done (verify: equal), 1 failed (verify: different, inspect: not as expected),
  2 wrong usage, spec or checkpoint, 75 another process writes the output,
  130 interrupted by Ctrl-C (129 by SIGHUP, 143 by SIGTERM)`;

/** `normal {mean = 0, std = 1}` */
function describeKind(kind: InitKind): string {
  const listed = Object.entries<Parameter>(INIT_PARAMETERS[kind]).map(([key, parameter]) =>
    'default' in parameter ? `${key} = ${JSON.stringify(parameter.default)}` : key,
  );
  return listed.length === 0 ? kind : `${kind} {${listed.join(', ')}}`;
}
