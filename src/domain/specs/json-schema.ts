/**
 * JSON Schema of a model spec, for editors and other programs: made from the tables that specs are checked against.
 * @module
 */
import { BYTE_SIZE_PATTERN } from '../../base/byte-size.js';
import { INIT_KINDS, INIT_PARAMETERS, type InitKind, type Parameter } from '../recipes/init.js';
import { DEFAULT_DTYPE, DTYPE_NAMES } from '../tensors/dtypes.js';

type Schema = Readonly<Record<string, unknown>>;

export function describeSpec(): Schema {
  const defaults = {
    dtype: { enum: DTYPE_NAMES, default: DEFAULT_DTYPE },
    init: { $ref: '#/$defs/init' },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'jumpfill model spec',
    ...describeObject(
      {
        $schema: { type: 'string' },
        seed: {
          description: 'Whole number from 0 to 2^64 - 1; beyond 2^53 a decimal string is safest.',
          anyOf: [
            { type: 'integer', minimum: 0 },
            { type: 'string', pattern: '^[0-9]+$' },
          ],
        },
        shard_size: {
          description: 'The most bytes of tensors that share a file: "5GB" is 5 * 10^9, "5GiB" 5 * 2^30.',
          anyOf: [
            { type: 'integer', minimum: 1 },
            { type: 'string', pattern: BYTE_SIZE_PATTERN },
          ],
        },
        default: {
          description: 'What tensors take that neither say themselves nor have from a rule.',
          ...describeObject(defaults, []),
        },
        rules: {
          description: 'The first whose pattern matches a tensor gives what the tensor does not say itself.',
          type: 'array',
          items: {
            ...describeObject({ match: MATCH, ...defaults }, ['match']),
            anyOf: [{ required: ['init'] }, { required: ['dtype'] }],
          },
        },
        tensors: {
          description: 'Left out where another checkpoint gives names and shapes.',
          type: 'array',
          items: describeObject(
            {
              name: { type: 'string', minLength: 1 },
              shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
              ...defaults,
            },
            ['name', 'shape'],
          ),
        },
      },
      [],
    ),
    $defs: { init: { oneOf: INIT_KINDS.map(describeKind) } },
  };
}

const MATCH: Schema = {
  description:
    'Of the whole name: a glob, in which * is any run of characters and ? one; after "re:", a regular expression in the syntax of RE2.',
  type: 'string',
  minLength: 1,
};

function describeKind(kind: InitKind): Schema {
  const parameters = Object.entries<Parameter>(INIT_PARAMETERS[kind]);
  const required = parameters.filter(([, parameter]) => !('default' in parameter)).map(([key]) => key);
  const described: Record<string, Schema> = { kind: { const: kind } };
  for (const [key, parameter] of parameters) described[key] = describeParameter(parameter);
  return describeObject(described, ['kind', ...required]);
}

function describeParameter(parameter: Parameter): Schema {
  const rest = 'default' in parameter ? { default: parameter.default } : {};
  switch (parameter.type) {
    case 'number':
      return { type: 'number', ...rest };
    case 'bound':
      return { anyOf: [{ type: 'number' }, { enum: ['-inf', 'inf'] }], ...rest };
    case 'oneOf':
      return { enum: parameter.values, ...rest };
    case 'flag':
      return { type: 'boolean', ...rest };
  }
}

const describeObject = (properties: Schema, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
