/**
 * The JSON Schema of a model spec, for editors and other programs; made from the tables that specs are checked against.
 * @module
 */
import { BYTE_SIZE_PATTERN } from '../../base/byte-size.js';
import { INTEGER_PATTERN } from '../recipes/integer-parameter.js';
import { INIT_KINDS, INIT_PARAMETERS, type InitKind } from '../recipes/init.js';
import { isRequired, type Parameter } from '../recipes/parameters.js';
import { DEFAULT_GENERATOR, GENERATOR_NAMES, GENERATORS, type GeneratorName } from '../streams/generators.js';
import { MAX_WORDS } from '../streams/mt19937-words.js';
import { DOUBLE_REACH } from '../torch/reach.js';
import { DEFAULT_DTYPE, DTYPE_NAMES } from '../tensors/dtypes.js';

type Schema = Readonly<Record<string, unknown>>;

export const describeSpec = (): Schema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'jumpfill model spec',
  ...describeObject(MEMBERS, []),
  anyOf: [
    { properties: { seed: seedsFrom(0) } },
    { properties: { generator: { enum: GENERATOR_NAMES.filter(takesNegative) } }, required: ['generator'] },
  ],
  $defs: {
    init: { oneOf: INIT_KINDS.map((kind) => describeKind(kind, ROWS)) },
    rows_init: { oneOf: INIT_KINDS.map((kind) => describeKind(kind, {})) },
  },
});

const seedsFrom = (minimum: number): Schema => ({
  anyOf: [
    { type: 'integer', minimum },
    { type: 'string', pattern: minimum < 0 ? '^-?[0-9]+$' : '^[0-9]+$' },
  ],
});

const takesNegative = (name: GeneratorName): boolean => GENERATORS[name].leastSeed < 0n;

function describeKind(kind: InitKind, rows: Readonly<Record<string, Schema>>): Schema {
  const parameters = Object.entries<Parameter>(INIT_PARAMETERS[kind]);
  const required = parameters.filter(([, parameter]) => isRequired(parameter)).map(([key]) => key);
  const described: Record<string, Schema> = { kind: { const: kind } };
  for (const [key, parameter] of parameters) described[key] = describeParameter(parameter);
  return describeObject({ ...described, ...rows }, ['kind', ...required]);
}

function describeParameter(parameter: Parameter): Schema {
  const rest = 'default' in parameter ? { default: parameter.default } : {};
  switch (parameter.type) {
    case 'number':
      return { type: 'number', ...rest };
    case 'exact':
      return { anyOf: [{ type: 'number' }, { type: 'string', pattern: INTEGER_PATTERN }] };
    case 'bound':
      return { anyOf: [{ type: 'number' }, { enum: ['-inf', 'inf'] }], ...rest };
    case 'oneOf':
      return { enum: parameter.values, ...rest };
    case 'integer':
      return {
        anyOf: [
          { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
          { type: 'string', pattern: INTEGER_PATTERN },
        ],
      };
    case 'flag':
      return { type: 'boolean', ...rest };
    case 'numbers':
      return { type: 'array', items: { type: 'number' } };
    case 'axes':
      return { anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'integer' } }] };
    case 'text':
      return { type: 'string' };
  }
}

const describeObject = (properties: Schema, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** Beside the parameters of every kind. */
const ROWS: Readonly<Record<string, Schema>> = {
  zero_rows: {
    description: 'Rows that are 0: indices of the first dimension.',
    type: 'array',
    items: { type: 'integer', minimum: 0 },
  },
  rows: {
    description: 'Rows from `from` to `to` - 1, in order, with an initialiser of their own.',
    type: 'array',
    items: describeObject(
      {
        from: { type: 'integer', minimum: 0 },
        to: { type: 'integer', minimum: 1 },
        init: { $ref: '#/$defs/rows_init' },
      },
      ['from', 'to', 'init'],
    ),
  },
};

const MATCH: Schema = {
  description:
    'Matches whole names: a glob, in which * is any run of characters and ? one; or "re:" and a regular expression in RE2\'s syntax.',
  type: 'string',
  minLength: 1,
};

const DEFAULTS: Schema = {
  dtype: { enum: DTYPE_NAMES, default: DEFAULT_DTYPE },
  init: { $ref: '#/$defs/init' },
};

const RULE: Schema = {
  ...describeObject({ match: MATCH, ...DEFAULTS }, ['match']),
  anyOf: [{ required: ['init'] }, { required: ['dtype'] }],
};

const TENSOR: Schema = describeObject(
  {
    name: { type: 'string', minLength: 1 },
    shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
    ...DEFAULTS,
    first_word: {
      description:
        'With torch: how many words come before the draw, if not just those of the tensors before it.',
      type: 'integer',
      minimum: 0,
      maximum: MAX_WORDS,
    },
    cached_normal: {
      description:
        'With first_word: the second normal of a pair that is left over there, for the next draw of fewer than 16 normals.',
      type: 'number',
      minimum: -DOUBLE_REACH,
      maximum: DOUBLE_REACH,
    },
  },
  ['name', 'shape'],
);

/** The members of a spec. */
const MEMBERS: Schema = {
  $schema: { type: 'string' },
  seed: {
    description:
      'A whole number from 0 to 2^64 - 1, with torch from -2^63. Write one beyond ±(2^53 - 1) as a decimal string.',
    ...seedsFrom(-(2 ** 63)),
  },
  generator: {
    description: "Where the words come from; torch is PyTorch's generator on processors.",
    enum: GENERATOR_NAMES,
    default: DEFAULT_GENERATOR,
  },
  shard_size: {
    description: 'The most bytes of tensors in one file: "5GB" is 5 * 10^9, "5GiB" is 5 * 2^30.',
    anyOf: [
      { type: 'integer', minimum: 1 },
      { type: 'string', pattern: BYTE_SIZE_PATTERN },
    ],
  },
  default: {
    description: 'For tensors that neither set it themselves nor take it from a rule.',
    ...describeObject(DEFAULTS, []),
  },
  rules: {
    description: 'The first rule that matches a tensor gives what the tensor does not set itself.',
    type: 'array',
    items: RULE,
  },
  tensors: {
    description: 'Left out if another checkpoint gives names and shapes.',
    type: 'array',
    items: TENSOR,
  },
};
