/**
 * JSON Schema of a model spec, for editors and other programs: made from the tables that specs are checked against.
 * @module
 */
import { INIT_KINDS, INIT_PARAMETERS, type InitKind, type Parameter } from './init.js';
import { DEFAULT_DTYPE, DTYPE_NAMES } from './tensor.js';

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
        default: { description: 'What tensors leave out.', ...describeObject(defaults, []) },
        tensors: {
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
      ['tensors'],
    ),
    $defs: { init: { oneOf: INIT_KINDS.map(describeKind) } },
  };
}

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
    case 'word':
      return { enum: parameter.words, ...rest };
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
