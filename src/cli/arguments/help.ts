/**
 * The text of `--help`. Options and commands describe themselves: options.ts, commands.ts.
 * @module
 */
import { INIT_KINDS, INIT_PARAMETERS, type InitKind } from '../../domain/recipes/init.js';
import { isRequired, type Parameter } from '../../domain/recipes/parameters.js';
import { DTYPE_NAMES } from '../../domain/tensors/dtypes.js';
import { INDEX_ENDING } from '../../domain/partition/shards.js';
import { wrap } from '../../text/width.js';
import { COMMAND_NAMES, describeCommand, type CommandName } from './commands.js';
import { listModels } from './built-in-models.js';
import { describeOption, writeOption, type OptionName } from './options.js';

const TITLE = 'jumpfill: random initial weights for very large tensors, the same bytes on every machine';

/** Longer lines are hard to read, however wide the terminal. */
const MOST_COLUMNS = 100;

const INDENT = '  ';

type Row = readonly [left: string, right: string];

/** @param room  columns of the terminal; Infinity where lines do not wrap */
export function writeHelp(room: number): string {
  const columns = Math.min(room, MOST_COLUMNS);
  const sections = [
    ...wrap(TITLE, columns),
    `\nUsage\n${align(COMMAND_NAMES.map(writeUsageRow), columns)}`,
    `\n${align((['help', 'version'] as const).map(writeOptionRow), columns)}`,
    `\n${writeCheckpointHelp(columns)}`,
    ...COMMAND_NAMES.filter((name) => describeCommand(name).options.length > 0).map(
      (name) => `\nOptions of ${name}\n${listOptions(name, columns)}`,
    ),
    `\n${writeSpecHelp(columns)}`,
    `\n${writeExitHelp(columns)}`,
  ];
  return `${sections.join('\n')}\n`;
}

/** @param room  as of writeHelp */
export function writeCommandHelp(name: CommandName, room: number): string {
  const columns = Math.min(room, MOST_COLUMNS);
  const { summary, options, argument } = describeCommand(name);
  const sections = [`${writeUsages(name).join('\n')}\n${indent(summary, columns)}`];
  if (options.length > 0) sections.push(`Options\n${listOptions(name, columns)}`);
  if (argument === 'CHECKPOINT') sections.push(writeCheckpointHelp(columns));
  if (name === 'init' || name === 'plan') sections.push(writeSpecHelp(columns));
  sections.push(writeExitHelp(columns));
  return `${sections.join('\n\n')}\n`;
}

/** `jumpfill init SPEC.json [options]` */
function writeUsage(name: CommandName): string {
  const { argument, options } = describeCommand(name);
  const pieces = ['jumpfill', name, argument, options.length > 0 ? '[options]' : undefined];
  return pieces.filter((piece) => piece !== undefined).join(' ');
}

/** Also what may stand in place of the argument. */
function writeUsages(name: CommandName): string[] {
  const { instead } = describeCommand(name);
  return [writeUsage(name), ...(instead === undefined ? [] : [`jumpfill ${name} ${instead}`])];
}

const writeUsageRow = (name: CommandName): Row => [writeUsage(name), describeCommand(name).summary];

const writeOptionRow = (name: OptionName): Row => [writeOption(name), describeOption(name).help];

function listOptions(command: CommandName, columns: number): string {
  const { options, help } = describeCommand(command);
  const rows = options.map((name): Row => [writeOption(name), help?.[name] ?? describeOption(name).help]);
  return align(rows, columns);
}

/** Two columns; the right one is wrapped. */
function align(rows: readonly Row[], columns: number): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  const room = columns - width - 2 * INDENT.length;
  const lines = rows.flatMap(([left, right]) =>
    wrap(right, room).map((line, i) => `${INDENT}${(i === 0 ? left : '').padEnd(width)}${INDENT}${line}`),
  );
  return lines.join('\n');
}

/** @param hanging  what later lines are indented by beyond the first */
function indent(text: string, columns: number, hanging = ''): string {
  const lines = wrap(text, columns - INDENT.length - hanging.length);
  return lines.map((line, i) => `${INDENT}${i === 0 ? '' : hanging}${line}`).join('\n');
}

const writeCheckpointHelp = (columns: number): string =>
  wrap(
    `A CHECKPOINT is a safetensors file, an index (*${INDEX_ENDING}), or a folder that holds one of them.`,
    columns,
  ).join('\n');

const SPEC_EXAMPLE = `Spec
  { "seed": 42, "shard_size": "5GB",
    "default": { "dtype": "bfloat16",
                 "init": { "kind": "kaiming_normal", "nonlinearity": "relu" } },
    "rules": [ { "match": "*.bias", "init": { "kind": "zeros" } },
               { "match": "re:.*norm.*", "dtype": "float32",
                 "init": { "kind": "ones" } } ],
    "tensors": [ { "name": "features.1.weight", "shape": [128, 3, 3, 3] },
                 { "name": "features.2.norm.weight", "shape": [128] },
                 { "name": "classifier.3.bias", "shape": [10] } ] }`;

const TIES =
  'A tensor may have "same_as": "NAME" in place of an init, for a tied weight, or "stream": "NAME" to draw as if it had that name.';
const ROWS =
  'Every kind that draws takes "zero_rows": [0] and "rows": [{ "from": 1, "to": 3, "init": { ... } }], indices of the first dimension.';
const SCALES =
  'A number may be scaled, { "of": 0.02, "by": 24, "power": -0.5 } for 0.02 / sqrt(24); by a number, { "dim": 1 }, { "capture": 1 } of the rule\'s pattern, or { "fan_of": "fc.weight" }.';

function writeSpecHelp(columns: number): string {
  const models = `In place of SPEC.json you can name a built-in model: ${listModels().join(', ')}.`;
  const order =
    "A tensor takes its own init and dtype, else those of the first rule that matches its name, else the default's.";
  return [
    SPEC_EXAMPLE,
    '',
    indent(models, columns),
    indent(order, columns),
    indent(TIES, columns),
    indent(ROWS, columns),
    indent(SCALES, columns),
    indent(`Dtypes: ${DTYPE_NAMES.join(', ')}`, columns),
    indent('Kinds, with the defaults of optional parameters (? for none):', columns),
    ...INIT_KINDS.map((kind) =>
      indent(describeKind(kind), columns, INDENT + INDENT).replaceAll(JOINED_EQUALS, ' = '),
    ),
    ...NOTES.map((note) => indent(note, columns)),
  ].join('\n');
}

/** What no kind's own parameters tell. */
const NOTES = [
  'Every kind but keep also takes zero_rows and rows: rows of the first dimension that are 0, or have an init of their own.',
  'A number may be scaled, of * by^power: "std": { "of": 0.02, "by": 24, "power": -0.5 }. "by" may also be { "dim": 1 }, ' +
    '{ "capture": 1 } (a number in the name, by a group of the pattern of the rule) or { "fan_of": "$1.weight" }.',
  'A rule may have "skip": true instead, to leave its tensors out, or "rename": "model.$1", the name to write them by. ' +
    '"shape": [5, 64] beside its init gives them another shape.',
  'In place of an init, a tensor may have "same_as": the name of a tensor that it shares its bytes with. With "stream" it is ' +
    'drawn as if it had that name.',
  'keep draws nothing: the tensor has the bytes that it has in the checkpoint of --like.',
  'Codes of WAGE: false for weights, true for int8, or "pack-quantized" for NAME_packed, NAME_scale and NAME_shape.',
];

/** Where a line may not break. */
const JOINED_EQUALS = '\u00a0=\u00a0';

/** `normal {mean = 0, std = 1}` */
function describeKind(kind: InitKind): string {
  const listed = Object.entries<Parameter>(INIT_PARAMETERS[kind]).map(([key, parameter]) =>
    'default' in parameter
      ? `${key}${JOINED_EQUALS}${JSON.stringify(parameter.default)}`
      : `${key}${isRequired(parameter) ? '' : '?'}`,
  );
  return listed.length === 0 ? kind : `${kind} {${listed.join(', ')}}`;
}

const EXIT_CODES: readonly Row[] = [
  ['0', 'success (verify: equal)'],
  ['1', 'failure (verify: different; inspect: not as expected)'],
  ['2', 'invalid command line, spec or checkpoint'],
  ['75', 'another process is writing the output: try again later'],
  ['130', 'interrupted by Ctrl-C (129 by SIGHUP, 143 by SIGTERM)'],
];

const writeExitHelp = (columns: number): string => `Exit codes\n${align(EXIT_CODES, columns)}`;
