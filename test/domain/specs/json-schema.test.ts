/** The published JSON Schema and the parser of specs accept the same forms. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JumpfillError } from '../../../src/base/errors.js';
import { INIT_KINDS, INIT_PARAMETERS, type InitKind } from '../../../src/domain/recipes/init.js';
import { isRequired, type Parameter } from '../../../src/domain/recipes/parameters.js';
import { describeSpec } from '../../../src/domain/specs/json-schema.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';
import { DTYPE_NAMES } from '../../../src/domain/tensors/dtypes.js';

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly not?: Schema;
  readonly pattern?: string;
}

/** Keywords that do not affect validity. */
const ANNOTATIONS = ['$schema', '$defs', 'title', 'description', 'default'];

const printed = execFileSync(process.execPath, ['dist/src/cli.js', 'schema'], { encoding: 'utf8' });
const root = JSON.parse(printed) as Schema;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isObject(value) : typeof value === type;
}

type Keyword = (value: unknown, schema: Required<Schema>) => boolean;

/** The keywords of draft 2020-12 that the schema uses; most ignore values of another type. */
const KEYWORDS: Readonly<Record<string, Keyword>> = {
  $ref: (value, { $ref }) => accepts(value, resolveReference($ref)),
  type: (value, { type }) => isOfType(value, type),
  enum: (value, schema) => schema.enum.includes(value),
  const: (value, schema) => schema.const === value,
  properties: (value, { properties }) =>
    !isObject(value) ||
    Object.entries(properties).every(
      ([key, schema]) => !Object.hasOwn(value, key) || accepts(value[key], schema),
    ),
  required: (value, { required }) => !isObject(value) || required.every((key) => Object.hasOwn(value, key)),
  additionalProperties: (value, { properties }) =>
    !isObject(value) || Object.keys(value).every((key) => Object.hasOwn(properties, key)),
  anyOf: (value, { anyOf }) => anyOf.some((schema) => accepts(value, schema)),
  oneOf: (value, { oneOf }) => oneOf.filter((schema) => accepts(value, schema)).length === 1,
  items: (value, { items }) => !Array.isArray(value) || value.every((item) => accepts(item, items)),
  maxItems: (value, { maxItems }) => !Array.isArray(value) || value.length <= maxItems,
  minimum: (value, { minimum }) => typeof value !== 'number' || value >= minimum,
  maximum: (value, { maximum }) => typeof value !== 'number' || value <= maximum,
  multipleOf: (value, { multipleOf }) => typeof value !== 'number' || Number.isInteger(value / multipleOf),
  minLength: (value, { minLength }) => typeof value !== 'string' || Array.from(value).length >= minLength,
  maxLength: (value, { maxLength }) => typeof value !== 'string' || Array.from(value).length <= maxLength,
  not: (value, { not }) => !accepts(value, not),
  pattern: (value, { pattern }) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
};

function accepts(value: unknown, schema: Schema): boolean {
  const keywords = Object.keys(schema).filter((key) => !ANNOTATIONS.includes(key));
  return keywords.every((key) => {
    const holds =
      KEYWORDS[key] ?? expect.fail(`the schema has the keyword ${key}, which this test does not know`);
    return holds(value, schema as Required<Schema>);
  });
}

function resolveReference(reference: string): Schema {
  const name = /^#\/\$defs\/(\w+)$/.exec(reference)?.[1] ?? '';
  return root.$defs?.[name] ?? expect.fail(`nothing is at ${reference}`);
}

/** As a reader of JSON sees a spec. */
const schemaAccepts = (spec: unknown): boolean => accepts(JSON.parse(JSON.stringify(spec)), root);

/** A spec without tensors is complete if a checkpoint gives them. */
function refusal(spec: unknown): string | undefined {
  const needsLike = isObject(spec) && spec['tensors'] === undefined;
  try {
    resolveModel(spec, needsLike ? [] : undefined);
    return undefined;
  } catch (error) {
    if (error instanceof JumpfillError) return error.code;
    throw error;
  }
}

test('jumpfill schema prints the schema made from the tables', () => {
  expect(root).toEqual(JSON.parse(JSON.stringify(describeSpec())));
  expect(root).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
});

/** A value a parameter may have; each makes sense with any values of the other parameters. */
function anyValue(key: string, parameter: Parameter): fc.Arbitrary<unknown> {
  switch (parameter.type) {
    case 'number':
      if (key === 'bits') return fc.integer({ min: 2, max: 8 });
      if (key === 'p') return fc.double({ min: 0.1, max: 0.9, noNaN: true });
      if (key === 'low') return fc.double({ min: -9, max: -1, noNaN: true });
      if (key === 'sparsity') return fc.double({ min: 0, max: 1, noNaN: true });
      if (key === 'axis') return fc.constantFrom(0, -1);
      if (key === 'std' || key === 'gain' || key === 'scale') return fc.oneof(anyWidth, anyScaled);
      if (key === 'repeat' || key === 'groups') return fc.constantFrom(1, 2);
      return fc.double({ min: 1, max: 9, noNaN: true });
    case 'exact':
      return fc.constantFrom(3, '3');
    case 'bound':
      return key === 'low' ? fc.constantFrom(-3.5, -1, '-inf') : fc.constantFrom(0.5, 4, 'inf');
    case 'oneOf':
      return key === 'codes' ? fc.constant(parameter.default) : fc.constantFrom(...parameter.values);
    case 'flag':
      return fc.constant(parameter.default);
    case 'integer':
      return key === 'low' ? fc.constantFrom(-3, 0, '-7') : fc.constantFrom(1, '9');
    case 'numbers':
      return fc.constant([1, 2]);
    case 'axes':
      return fc.constantFrom<unknown>(...(AXES[key] ?? [0, [0]]));
    case 'text':
      return fc.constant(key === 'fan_of' ? '$0' : 'w');
  }
}

/** Parameters that make sense only beside others. */
const DEPENDENT: readonly string[] = ['map', 'floor', 'base', 'a', 'b'];

/** Of a kind whose values may be mapped: a map and what belongs to it. */
const anyMap = fc.constantFrom(
  {},
  { map: 'log', floor: 0.5 },
  { map: 'inverse_softplus', floor: 0.01 },
  { map: 'power', base: 1.05 },
);

const anyRows = fc.constantFrom(
  {},
  { zero_rows: [0] },
  { zero_rows: [], rows: [{ from: 0, to: 1, init: { kind: 'constant', value: 2 } }] },
);

/** Two axes have no role in common; a layout may give one of them another, so both are given or none. */
const AXES: Readonly<Record<string, readonly unknown[]>> = {
  in_axis: [0, [0]],
  out_axis: [1, [1]],
  batch_axis: [[]],
};

function withoutClash(init: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const dropped = [
    ...(init['in_axis'] === undefined || init['out_axis'] === undefined ? ['in_axis', 'out_axis'] : []),
    ...(init['fan_of'] === undefined ? [] : ['fan_in', 'fan_out']),
  ];
  return Object.fromEntries(Object.entries(init).filter(([key]) => !dropped.includes(key)));
}

const anyWidth = fc.double({ min: 1, max: 9, noNaN: true });
const anyScaled = fc.constantFrom<unknown>(
  { of: 2, by: 4, power: -0.5 },
  { of: 2, by: { dim: 0 }, power: 0 },
  { of: { of: 2, by: 1, power: 3 }, by: { dim: -1, plus: 1, times: 2 }, power: 0.0625 },
  { of: 2, by: { fan_of: '$0' }, power: 0 },
);

function anyInitOf(kind: InitKind): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  // Codes that are packed need another shape and dtype: test/storage has their specs.
  const parameters = Object.entries<Parameter>(INIT_PARAMETERS[kind]).filter(
    ([key]) => key !== 'unpacked_shape' && !DEPENDENT.includes(key),
  );
  const values = Object.fromEntries(parameters.map(([key, parameter]) => [key, anyValue(key, parameter)]));
  if (kind === 'log_uniform') values['low'] = fc.double({ min: 0.1, max: 0.9, noNaN: true });
  const requiredKeys = parameters.filter(([, parameter]) => isRequired(parameter)).map(([key]) => key);
  const map = 'map' in INIT_PARAMETERS[kind] ? anyMap : fc.constant({});
  const rowsOfKind = kind === 'keep' ? fc.constant({}) : anyRows;
  return fc
    .tuple(fc.record(values, { requiredKeys, noNullPrototype: true }), map, rowsOfKind)
    .map(([init, mapped, rows]) => ({
      kind,
      ...withoutClash(init as Readonly<Record<string, unknown>>),
      ...mapped,
      ...rows,
    }));
}

/** A shape that the kind takes. */
const SHAPES: Readonly<Partial<Record<InitKind, readonly number[]>>> = {
  dirac: [4, 5, 3],
  stft: [4, 1, 3],
  values: [2],
  delta_orthogonal: [3, 4, 5],
  orthogonal: [1, 4, 5, 1],
};
const shapeOf = (kind: InitKind): readonly number[] => SHAPES[kind] ?? [4, 5];

/** These do not take any shape, or, as arange, bits, cauchy and log_normal, not any dtype; keep takes none beside it. */
const PARTICULAR: readonly InitKind[] = [
  'keep',
  'eye',
  'identity',
  'dirac',
  'sparse',
  'values',
  'arange',
  'stft',
  'bits',
  'cauchy',
  'log_normal',
  'orthogonal',
  'delta_orthogonal',
];
const anyInit = fc.constantFrom(...INIT_KINDS.filter((kind) => !PARTICULAR.includes(kind))).chain(anyInitOf);
const anyDtype = fc.constantFrom('float32', 'float16', 'bfloat16');
const anyShape = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 2, maxLength: 5 });
const anyTensor = fc.record(
  { shape: anyShape, dtype: anyDtype, init: anyInit },
  { requiredKeys: ['shape'], noNullPrototype: true },
);
const anyMatch = fc.constantFrom('t*', '*', 't?', 'nothing', 're:t[02]');
const anyRule = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record(
        { match: anyMatch, dtype: anyDtype, init: anyInit, rename: fc.constantFrom('$0', 'm.$0', '$$$0') },
        { requiredKeys: ['match'], noNullPrototype: true },
      )
      .filter(({ dtype, init, rename }) => [dtype, init, rename].some((value) => value !== undefined)),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { match: anyMatch, shape: anyShape, dtype: anyDtype, init: anyInit },
      { requiredKeys: ['match', 'shape', 'init'], noNullPrototype: true },
    ),
  },
  // Of others, all tensors might be left out.
  { weight: 1, arbitrary: fc.constant({ match: 'nothing', skip: true }) },
);
const anyShardSize = fc.oneof(
  fc.integer({ min: 1 }),
  fc.constantFrom('5GB', '1.5 GiB', '20kb', '7MiB', '0.25TB', '123456'),
);
const anySpec = fc
  .record(
    {
      shard_size: anyShardSize,
      rules: fc.array(anyRule, { maxLength: 3 }),
      seed: fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)),
      default: fc.record(
        { dtype: anyDtype, init: anyInit },
        { requiredKeys: ['init'], noNullPrototype: true },
      ),
      tensors: fc
        .array(anyTensor, { maxLength: 4 })
        .map((tensors) => tensors.map((tensor, i) => ({ name: `t${i}`, ...tensor }))),
    },
    { requiredKeys: ['default'], noNullPrototype: true },
  )
  .map((spec) => spec as Readonly<Record<string, unknown>>);

describe('of valid specs', () => {
  test('both accept all', () => {
    const law = fc.property(anySpec, (spec) => {
      expect([schemaAccepts(spec), refusal(spec)]).toEqual([true, undefined]);
    });
    fc.assert(law, { numRuns: 1000 });
  });

  test.each(INIT_KINDS)('both accept %s, with any of its parameters', (kind) => {
    const dtype = kind === 'keep' ? undefined : kind === 'bits' ? 'uint8' : 'float32';
    const law = fc.property(anyInitOf(kind), (init) => {
      const spec = { tensors: [{ name: 'w', shape: shapeOf(kind), dtype, init }] };
      expect([schemaAccepts(spec), refusal(spec)]).toEqual([true, undefined]);
    });
    fc.assert(law, { numRuns: 100 });
  });

  test.each(['gpt2', 'llama-3-8b', 'llama-3-70b', 'vgg7-wage'])('the schema accepts %s', (name) => {
    expect(schemaAccepts(JSON.parse(readFileSync(`bench/models/${name}.json`, 'utf8')))).toBe(true);
  });

  test.each<[unknown]>([
    [{ generator: 'xoroshiro128+', tensors: [] }],
    [{ generator: 'torch', seed: -1, tensors: [] }],
    [
      {
        rules: [
          { match: 'v', skip: true },
          { match: 're:(w)', rename: 'm.$1', shape: [5, 64], init: { kind: 'normal' } },
        ],
        default: { init: { kind: 'zeros' } },
        tensors: ['v', 'w'].map((name) => ({ name, shape: [2] })),
      },
    ],
    [{ generator: 'torch', seed: '-9223372036854775808', tensors: [] }],
    [{ generator: 'torch', tensors: [{ name: 'w', shape: [2], init: { kind: 'normal' }, first_word: 7 }] }],
    [
      {
        generator: 'torch',
        tensors: [{ name: 'w', shape: [2], init: { kind: 'ones' }, first_word: 0, cached_normal: -0.5 }],
      },
    ],
  ])('both accept %j', (spec) => {
    expect([schemaAccepts(spec), refusal(spec)]).toEqual([true, undefined]);
  });

  test('the schema names every dtype, and codes', () => {
    const init = { kind: 'wage', bits: 3, codes: true };
    for (const dtype of DTYPE_NAMES)
      expect(schemaAccepts({ tensors: [{ name: 'w', shape: [4, 5], dtype, init }] })).toBe(true);
  });
});

const STRAY_VALUES = [null, true, 'x', {}, [], 1.5, -1];

function hasType(value: unknown, parameter: Parameter): boolean {
  switch (parameter.type) {
    case 'number':
    case 'exact':
    case 'bound':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'numbers':
    case 'axes':
      return Array.isArray(value) || typeof value === 'number';
    case 'text':
      return typeof value === 'string';
    case 'oneOf':
      return parameter.values.some((known) => known === value);
  }
}

/** Specs with one mistake of form: a key too many, one missing, a value of another type. */
const anyBroken = fc
  .tuple(anyInit, fc.constantFrom('extra', 'missing', 'type'), fc.nat(), fc.constantFrom(...STRAY_VALUES))
  .map(([init, mistake, choice, stray]) => {
    const parameters = Object.entries<Parameter>(INIT_PARAMETERS[init['kind'] as InitKind]);
    const [key = 'kind', parameter] = parameters[choice % Math.max(1, parameters.length)] ?? [];
    if (mistake === 'extra' || parameter === undefined) return { ...init, [`${key}_`]: 1 };
    if (mistake === 'missing' && isRequired(parameter)) {
      return Object.fromEntries(Object.entries(init).filter(([name]) => name !== key));
    }
    return { ...init, [key]: hasType(stray, parameter) ? null : stray };
  });

describe('of invalid specs', () => {
  test('both refuse an initialiser with a stray key, without a key it needs, and with a value of another type', () => {
    const law = fc.property(anyBroken, (init) => {
      const spec = { tensors: [{ name: 'w', shape: [4, 5], init }] };
      expect([schemaAccepts(spec), refusal(spec) === undefined]).toEqual([false, false]);
      const byDefault = { default: { init }, tensors: [] };
      expect(schemaAccepts(byDefault)).toBe(false);
    });
    fc.assert(law, { numRuns: 1000 });
  });

  const w = { name: 'w', shape: [2, 3], init: { kind: 'zeros' } };
  test.each<[unknown]>([
    [null],
    [[]],
    ['spec'],
    [{ tensors: {} }],
    [{ tensor: [] }],
    [{ tensors: [], sede: 1 }],
    [{ tensors: [], seed: -1 }],
    [{ tensors: [], seed: '-1' }],
    [{ tensors: [], seed: 1.5 }],
    [{ tensors: [], generator: 'tourch' }],
    [{ tensors: [], generator: 1 }],
    [{ generator: 'torch', tensors: [{ ...w, first_word: -1 }] }],
    [{ generator: 'torch', tensors: [{ ...w, first_word: 1.5 }] }],
    [{ generator: 'torch', tensors: [{ ...w, first_word: 2 ** 53 - 624 }] }],
    [{ generator: 'torch', tensors: [{ ...w, first_word: 0, cached_normal: '0' }] }],
    [{ generator: 'torch', tensors: [{ ...w, first_word: 0, cached_normal: 8.58 }] }],
    [{ generator: 'torch', tensors: [{ ...w, first_word: 0, cached_normal: -8.58 }] }],
    [{ tensors: [], seed: '0x1' }],
    [{ tensors: [], seed: '' }],
    [{ tensors: [], seed: null }],
    [{ tensors: [], default: null }],
    [{ tensors: [], shard_size: 0 }],
    [{ tensors: [], shard_size: 1.5 }],
    [{ tensors: [], shard_size: '5XB' }],
    [{ tensors: [], shard_size: '' }],
    [{ tensors: [], shard_size: '-5GB' }],
    [{ tensors: [], shard_size: null }],
    [{ tensors: [], rules: {} }],
    [{ tensors: [], rules: [{ init: w.init }] }],
    [{ tensors: [], rules: [{ match: '*' }] }],
    [{ tensors: [], rules: [{ match: '', init: w.init }] }],
    [{ tensors: [], rules: [{ match: 7, init: w.init }] }],
    [{ tensors: [w], rules: [{ skip: true }] }],
    [{ tensors: [], rules: [{ match: 'x', skip: false }] }],
    [{ tensors: [], rules: [{ match: 'x', skip: 1 }] }],
    [{ tensors: [], rules: [{ match: 'x', skip: true, init: w.init }] }],
    [{ tensors: [], rules: [{ match: 'x', skip: true, dtype: 'float16' }] }],
    [{ tensors: [], rules: [{ match: 'x', skip: true, rename: 'y' }] }],
    [{ tensors: [], rules: [{ match: 'x', rename: '' }] }],
    [{ tensors: [], rules: [{ match: 'x', rename: 'y'.repeat(2 ** 16 + 1) }] }],
    [{ tensors: [], rules: [{ match: 'x', init: { kind: 'keep' }, dtype: 'float32' }] }],
    [{ tensors: [{ ...w, init: { kind: 'keep' }, dtype: 'float32' }] }],
    [{ tensors: [], rules: [{ match: 'x', rename: null }] }],
    [{ tensors: [{ ...w, skip: true }] }],
    [{ tensors: [w], default: { rename: 'x' } }],
    [{ tensors: [], rules: [{ match: '*', shape: [1] }] }],
    [{ tensors: [], rules: [{ match: '*', dtype: 'float16', shape: [1] }] }],
    [{ tensors: [], rules: [{ match: '*', init: { kind: 'keep' }, shape: [1] }] }],
    [{ tensors: [], rules: [{ match: '*', init: w.init, shape: [-1] }] }],
    [{ tensors: [], rules: [{ match: '*', init: w.init, shape: 1 }] }],
    [{ tensors: [], rules: [{ match: '*', skip: true, shape: [1] }] }],
    [{ tensors: [w], default: { shape: [1] } }],
    [{ tensors: [], rules: [{ match: '*', init: { kind: 'unifrom' } }] }],
    [{ tensors: [w], rules: [{ match: '*', dtype: 'flaot32' }] }],
    [{ tensors: [], default: { init: { kind: 'zeros' }, dtyp: 1 } }],
    [{ tensors: [{ ...w, sahpe: [1] }] }],
    [{ tensors: [{ name: 'w', init: w.init }] }],
    [{ tensors: [{ shape: [1], init: w.init }] }],
    [{ tensors: [{ ...w, name: '' }] }],
    [{ tensors: [{ ...w, name: 7 }] }],
    [{ tensors: [{ ...w, shape: 6 }] }],
    [{ tensors: [{ ...w, shape: [2, -1] }] }],
    [{ tensors: [{ ...w, shape: [1.5] }] }],
    [{ tensors: [{ ...w, shape: ['1'] }] }],
    [{ tensors: [{ ...w, dtype: 'flaot32' }] }],
    [{ tensors: [{ ...w, dtype: null }] }],
    [{ tensors: [{ ...w, init: 'zeros' }] }],
    [{ tensors: [{ ...w, init: {} }] }],
    [{ tensors: [w, { ...w, name: 'v', init: { kind: 'unifrom' } }] }],
    [{ tensors: [{ ...w, init: { kind: 'truncated_normal', sdt: 1 } }] }],
    [{ tensors: [{ ...w, init: { kind: 'truncated_normal', low: '-infinity' } }] }],
    [{ tensors: [{ ...w, init: { kind: 'uniform', low: 0 } }] }],
    [{ tensors: [{ ...w, init: { kind: 'uniform', low: '-inf', high: 1 } }] }],
    [{ tensors: [{ ...w, init: { kind: 'constant', value: '1.5' } }] }],
    [{ tensors: [{ ...w, init: { kind: 'wage', bits: 2, mode: 'fan_out' } }] }],
    [{ tensors: [{ ...w, init: { kind: 'wage', bits: 2, codes: 1 } }] }],
    [{ tensors: [{ ...w, init: { kind: 'he_normal', layout: 'trch' } }] }],
    [{ tensors: [{ ...w, init: { kind: 'keep', zero_rows: [0] } }] }],
    [{ tensors: [{ ...w, init: { kind: 'zeros', rows: [{ from: 0, to: 1, init: { kind: 'keep' } }] } }] }],
  ])('both refuse %j', (spec) => {
    expect([schemaAccepts(spec), refusal(spec) === undefined]).toEqual([false, false]);
  });
});

test.each([
  ['zero_rows', { kind: 'ones', zero_rows: Array.from({ length: 257 }, (_, row) => row) }],
  ['values', { kind: 'values', values: new Array<number>(4097).fill(1) }],
])('neither takes a longer list of %s than an initialiser may have', (_, init) => {
  const spec = { tensors: [{ name: 'a', shape: [4097], init }] };
  expect(accepts(spec, root)).toBe(false);
  expect(() => resolveModel(spec)).toThrow(JumpfillError);
});
