/**
 * The JSON Schema of a model spec, for editors and other programs; made from the tables that specs are checked against.
 * @module
 */
import { LARGEST_EXPONENT, LEAST_EXPONENT } from '../arithmetic/powers.js';
import { BYTE_SIZE_PATTERN } from '../../base/byte-size.js';
import { INTEGER_PATTERN } from '../recipes/integer-parameter.js';
import { INIT_KINDS, INIT_PARAMETERS, rowKeysOf, type InitKind } from '../recipes/init.js';
import { MOST_RANGES } from '../recipes/row-ranges.js';
import { MOST_VALUES } from '../patterns/literal.js';
import { canScale, isRequired, type Parameter } from '../recipes/parameters.js';
import { DEFAULT_GENERATOR, GENERATOR_NAMES, GENERATORS, type GeneratorName } from '../streams/generators.js';
import { MAX_RENAME } from './spec-rules.js';
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
    init: { oneOf: INIT_KINDS.map((kind) => describeKind(kind, takesRows(kind) ? ROWS : {})) },
    rows_init: { oneOf: INIT_KINDS.filter(takesRows).map((kind) => describeKind(kind, {})) },
    scaled: SCALED,
  },
});

/** One that does takes rows, and can be an initialiser of rows. */
const takesRows = (kind: InitKind): boolean => rowKeysOf(kind).length > 0;

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
  for (const [key, parameter] of parameters)
    described[key] = canScale(parameter) ? scalable(parameter) : describeParameter(parameter);
  return describeObject({ ...described, ...rows }, ['kind', ...required]);
}

/** A number, or a scaled one. */
const scalable = (parameter: Parameter): Schema => {
  const { default: usual, ...plain } = describeParameter(parameter);
  return { anyOf: [plain, { $ref: '#/$defs/scaled' }], ...(usual !== undefined && { default: usual }) };
};

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
      return { type: 'array', items: { type: 'number' }, maxItems: MOST_VALUES };
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
    maxItems: MOST_RANGES,
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
    maxItems: MOST_RANGES,
  },
};

/** A base of a scaled number: (what it measures + plus) * times. */
const describeBase = (key: string, measured: Schema): Schema =>
  describeObject({ [key]: measured, plus: { type: 'number' }, times: { type: 'number' } }, [key]);

const SCALED: Schema = {
  description: 'of * by^power, such as 0.02 / sqrt(24): { "of": 0.02, "by": 24, "power": -0.5 }.',
  ...describeObject(
    {
      of: { anyOf: [{ type: 'number' }, { $ref: '#/$defs/scaled' }] },
      by: {
        description:
          'A number; a dimension of the shape; a number in the name, which group n of the pattern captures; the fan-in of a tensor.',
        anyOf: [
          { type: 'number', minimum: 0 },
          describeBase('dim', { type: 'integer' }),
          describeBase('capture', { type: 'integer', minimum: 1 }),
          describeBase('fan_of', { type: 'string' }),
        ],
      },
      power: {
        type: 'number',
        minimum: -LARGEST_EXPONENT,
        maximum: LARGEST_EXPONENT,
        multipleOf: LEAST_EXPONENT,
      },
    },
    ['of', 'by', 'power'],
  ),
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

const RENAME: Schema = {
  description:
    "The name that its tensors are written by: $1 is what the pattern's first group or * captures, $0 the whole name, $$ a dollar sign.",
  type: 'string',
  minLength: 1,
  maxLength: MAX_RENAME,
};

const SHAPE: Schema = { type: 'array', items: { type: 'integer', minimum: 0 } };

/** What is kept keeps its dtype. */
const UNKEPT: Schema = {
  not: { properties: { init: { properties: { kind: { const: 'keep' } } } }, required: ['init', 'dtype'] },
};

const RESHAPE: Schema = {
  description: 'The shape that its tensors have in place of their own; beside an init that draws them.',
  ...SHAPE,
};

/** What takes another shape is not kept. */
const DRAWN: Schema = { not: { properties: { init: { properties: { kind: { const: 'keep' } } } } } };

/** One that says something of its tensors, one that also gives them another shape, or one that leaves them out. */
const RULE: Schema = {
  anyOf: [
    {
      ...describeObject({ match: MATCH, ...DEFAULTS, rename: RENAME }, ['match']),
      ...UNKEPT,
      anyOf: [{ required: ['init'] }, { required: ['dtype'] }, { required: ['rename'] }],
    },
    {
      ...describeObject({ match: MATCH, ...DEFAULTS, shape: RESHAPE, rename: RENAME }, [
        ...['match', 'init', 'shape'],
      ]),
      ...DRAWN,
    },
    describeObject({ match: MATCH, skip: { description: 'Leaves its tensors out.', const: true } }, [
      'match',
      'skip',
    ]),
  ],
};

const TENSOR: Schema = {
  ...describeObject(
    {
      name: { type: 'string', minLength: 1 },
      shape: SHAPE,
      ...DEFAULTS,
      same_as: {
        description:
          'Another tensor of the spec, of the same shape and dtype, whose bytes this one has (tied weights); it has no init of its own.',
        type: 'string',
        minLength: 1,
      },
      stream: {
        description: 'Draw as if the tensor had this name; not with torch.',
        type: 'string',
        minLength: 1,
      },
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
  ),
  ...UNKEPT,
};

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
