/**
 * Initialisers as a person writes them: a kind and its parameters, the same in a spec, in a fill and in the metadata of a
 * checkpoint. This table is their only definition: types, specs, their JSON Schema and the functions of initialisers.ts are
 * made from it.
 * @module
 */
import { TRUNCATION } from '../kernels/truncated-normal.js';
import { STFT_SCALINGS, STFT_SIDES, STFT_WINDOWS } from '../patterns/stft-choices.js';
import { ValueError } from '../../base/errors.js';
import { isPlainObject } from '../../base/objects.js';
import { checkKeys, nameTensor, show, suggest, writeNumbers } from '../../base/wording.js';
import { CODE_FORMS } from './code-forms.js';
import { MAP_KINDS } from '../arithmetic/map-kinds.js';
import { FAN_MODES, LAYOUTS } from './fans.js';
import { NONLINEARITIES } from './gains.js';
import { rewriteInteger } from './integer-parameter.js';
import { checkType, INFINITIES, type Parameter, type ParameterValues } from './parameters.js';
import { KEPT_WHOLE } from './keep.js';
import { readRows, ROW_KEYS, type RowParameters } from './row-ranges.js';
import type { ScaledNumber } from './scaled-number.js';
import { KAIMING_MODES, SCHEME_DISTRIBUTIONS } from './schemes.js';
import { chooseBounds } from './truncation.js';

/** Modes of wage_init_; upstream has no other. */
export const WAGE_MODES = ['fan_in'] as const;
export type WageMode = (typeof WAGE_MODES)[number];

export const WAGE_DISTRIBUTIONS = ['uniform', 'truncated_normal'] as const;

const number = { type: 'number' } as const;
const integer = { type: 'integer' } as const;
const bits = { type: 'number', code: 'BAD_BITS' } as const;
const factor = { type: 'number', default: 2, code: 'BAD_FACTOR' } as const;
const mean = { type: 'number', default: 0 } as const;
const std = { type: 'number', default: 1 } as const;
const torchLayout = { type: 'oneOf', values: LAYOUTS, default: 'torch' } as const;
const kerasLayout = { type: 'oneOf', values: LAYOUTS, default: 'keras' } as const;
const fanMode = { type: 'oneOf', values: FAN_MODES, default: 'fan_in' } as const;
const codes = { type: 'oneOf', values: CODE_FORMS, default: false } as const;
/** Of the weights, on a tensor that holds their packed codes; a spec that lists the weights does not need it. */
const unpackedShape = { type: 'numbers', optional: true } as const;

const gain = { type: 'number', default: 1 } as const;
/** Of a matrix: 1, or the gain, where row and column are the same, and 0 elsewhere. */
const identity = { gain } as const;

/** The map of each drawn value. */
const mapped = {
  map: { type: 'oneOf', values: MAP_KINDS, optional: true },
  /** Values are raised to at least this before they are mapped. */
  floor: { type: 'number', optional: true },
  /** Of the map `"power"`: base ** value. */
  base: { type: 'number', optional: true },
} as const;

/** NumPy's names. */
const located = { loc: { type: 'number', default: 0 }, scale: { type: 'number', default: 1 } } as const;

const fans = {
  /** The axes of inputs, outputs and a batch of tensors; the layout gives those of inputs and outputs that are left out. */
  in_axis: { type: 'axes', optional: true },
  out_axis: { type: 'axes', optional: true },
  batch_axis: { type: 'axes', optional: true },
  /** In place of the shape's. */
  fan_in: { type: 'number', optional: true },
  fan_out: { type: 'number', optional: true },
  /** The tensor of the spec whose fans they are; in a rule, `$1` stands for what its pattern captures of the name. */
  fan_of: { type: 'text', optional: true },
} as const;

const kaiming = {
  /** The slope below 0 of a leaky ReLU. */
  a: { type: 'number', default: 0 },
  mode: { type: 'oneOf', values: KAIMING_MODES, default: 'fan_in' },
  nonlinearity: { type: 'oneOf', values: NONLINEARITIES, default: 'leaky_relu' },
  /** How the shape is read: `[out, in, ...spatial]` by default. */
  layout: torchLayout,
  ...fans,
} as const;

const xavier = {
  gain: { type: 'number', default: 1 },
  /** How the shape is read: `[out, in, ...spatial]` by default. */
  layout: torchLayout,
  ...fans,
} as const;

const named = {
  /** How the shape is read: `[...spatial, in, out]` by default. */
  layout: kerasLayout,
  /** Widen a truncated normal so that its standard deviation after truncation is the one asked for, as Keras and JAX do. */
  preserve_std: { type: 'flag', default: true },
  ...fans,
} as const;

/** The parameters of every kind. Defaults come from the framework that the kind is named after. */
export const INIT_PARAMETERS = {
  wage: {
    /** Width of the weights: 1 to 1024. */
    bits,
    factor,
    mode: { type: 'oneOf', values: WAGE_MODES, default: 'fan_in', open: true },
    /** Write the integer codes of the weights instead of the weights: `true` as int8, `"pack-quantized"` packed into int32. */
    codes,
    unpacked_shape: unpackedShape,
  },
  wage_variance_scaling: {
    /** Width of the weights: 1 to 1024. */
    bits,
    factor,
    mode: fanMode,
    distribution: { type: 'oneOf', values: WAGE_DISTRIBUTIONS, default: 'truncated_normal' },
    /** How the shape is read: `[out, in, ...spatial]` by default. */
    layout: torchLayout,
    ...fans,
    /** Write the integer codes of the weights instead of the weights: `true` as int8, `"pack-quantized"` packed into int32. */
    codes,
    unpacked_shape: unpackedShape,
  },
  uniform: { low: number, high: number, ...mapped },
  normal: { mean, std, ...mapped },
  truncated_normal: {
    mean,
    std,
    /** In standard deviations; may be infinite. Not beside a or b. */
    low: { type: 'bound', default: -TRUNCATION, yields: true },
    /** In standard deviations; may be infinite. Not beside a or b. */
    high: { type: 'bound', default: TRUNCATION, yields: true },
    /** As a value, as torch has it; may be infinite. -2 beside b. */
    a: { type: 'bound', optional: true },
    /** As a value, as torch has it; may be infinite. 2 beside a. */
    b: { type: 'bound', optional: true },
    ...mapped,
  },
  log_uniform: { low: number, high: number, ...mapped },
  log_normal: { mean, std },
  exponential: { rate: { type: 'number', default: 1 } },
  laplace: located,
  cauchy: located,
  gumbel: located,
  /** The bytes of the tensor in the checkpoint that the model is like: nothing is drawn. */
  keep: {},
  zeros: {},
  ones: {},
  constant: {
    /** Beyond ±(2^53 - 1) the decimal digits of a whole number, or a bigint. */
    value: { type: 'exact' },
  },
  eye: identity,
  identity,
  dirac: {
    /** Each has an identity of its own; they divide the first dimension of `[out, in, ...spatial]`. */
    groups: { type: 'number', default: 1 },
  },
  sparse: {
    /** The share of zeros in each column. */
    sparsity: number,
    /** Of the normals in between. */
    std: { type: 'number', default: 0.01 },
  },
  values: {
    /** As many as there are elements, in row-major order. */
    values: { type: 'numbers' },
  },
  arange: {
    start: { type: 'number', default: 0 },
    step: { type: 'number', default: 1 },
    /** How many neighbours have the same value. */
    repeat: { type: 'number', default: 1 },
    /** The dimension along which values count; without it, elements count in row-major order. */
    axis: { type: 'number', optional: true },
    ...mapped,
  },
  stft: {
    /** The cosines or the sines. */
    side: { type: 'oneOf', values: STFT_SIDES, default: 'real' },
    window: { type: 'oneOf', values: STFT_WINDOWS, default: 'hann' },
    /** The norm by which the window is divided: L2, or L1. */
    scaling: { type: 'oneOf', values: STFT_SCALINGS, default: 'density' },
    /** The window is one period of a longer one. */
    periodic: { type: 'flag', default: false },
  },
  integers: {
    /** The least number. */
    low: integer,
    /** Above every number: it is not drawn. */
    high: integer,
  },
  bits: {},
  bernoulli: {
    /** The probability of a 1. */
    p: number,
  },
  rademacher: { scale: { type: 'number', default: 1 } },
  /** Of convolutions `[...spatial, in, out]`: an orthogonal matrix in the middle. */
  delta_orthogonal: { gain },
  orthogonal: {
    gain: { type: 'number', default: 1 },
    /** The first axis against the rest (`torch`), or all but the last against the last (`keras`). */
    layout: torchLayout,
    /** Axes of inputs, outputs and a batch of matrices, instead of the layout's. */
    in_axis: { type: 'axes', optional: true },
    out_axis: { type: 'axes', optional: true },
    batch_axis: { type: 'axes', optional: true },
  },
  variance_scaling: {
    scale: { type: 'number', default: 1 },
    mode: fanMode,
    distribution: { type: 'oneOf', values: SCHEME_DISTRIBUTIONS, default: 'truncated_normal' },
    ...named,
  },
  kaiming_uniform: kaiming,
  kaiming_normal: kaiming,
  xavier_uniform: xavier,
  xavier_normal: xavier,
  he_uniform: named,
  he_normal: named,
  glorot_uniform: named,
  glorot_normal: named,
  lecun_uniform: named,
  lecun_normal: named,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Parameter>>>>;

type Table = typeof INIT_PARAMETERS;
export type InitKind = keyof Table;

export const INIT_KINDS = Object.keys(INIT_PARAMETERS) as readonly InitKind[];

/** The keys of rows that a kind takes beside its parameters: all kinds but keep, which copies a tensor whole. */
export const rowKeysOf = (kind: InitKind): readonly (typeof ROW_KEYS)[number][] =>
  kind === 'keep' ? [] : ROW_KEYS;

/** The name of the function that makes a kind's value: `he_normal` -> `heNormal`. */
export const functionOf = (kind: InitKind): string =>
  kind.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

type ValueOf<P> = P extends { readonly values: readonly (infer Value)[] }
  ? Value
  : P extends { readonly type: infer Type extends keyof ParameterValues }
    ? ParameterValues[Type]
    : never;

/** A parameter's values in JSON: a bound may also be "inf" or "-inf". */
type WrittenOf<P> = P extends { readonly type: 'bound' } ? number | 'inf' | '-inf' : ValueOf<P>;

/** Where a number may be scaled: canScale in types. */
type ScaledOf<P> = P extends { readonly code: string }
  ? never
  : P extends { readonly type: 'number' | 'bound' | 'exact' }
    ? ScaledNumber
    : never;

/** A parameter's values in code: an integer may be a bigint too. */
type PassedOf<P> = P extends { readonly type: 'integer' | 'exact' } ? ValueOf<P> | bigint : ValueOf<P>;

/** The parameters that may be missing for good: they have no default, or others take their place. */
type OptionalKey<Row> = {
  [Key in keyof Row]: Row[Key] extends { readonly optional: true } | { readonly yields: true } ? Key : never;
}[keyof Row];

type Values<Row> = { readonly [Key in Exclude<keyof Row, OptionalKey<Row>>]: ValueOf<Row[Key]> } & {
  readonly [Key in OptionalKey<Row>]?: ValueOf<Row[Key]>;
};
/** Values, with all keys required. */
type Plain<Row> = { readonly [Key in keyof Row]: PassedOf<Row[Key]> | ScaledOf<Row[Key]> };
type Given<Row> = {
  readonly [Key in keyof Row]: WrittenOf<Row[Key]> | PassedOf<Row[Key]> | ScaledOf<Row[Key]>;
};
type Written<Row> = { readonly [Key in Exclude<keyof Row, OptionalKey<Row>>]: WrittenOf<Row[Key]> } & {
  readonly [Key in OptionalKey<Row>]?: WrittenOf<Row[Key]>;
};
type Optional<Row> = { readonly [Key in keyof Row]?: Row[Key] | undefined };

/** The parameters that must be given. */
export type RequiredKey<Kind extends InitKind> = {
  [Key in keyof Table[Kind]]: Table[Kind][Key] extends
    { readonly default: unknown } | { readonly optional: true }
    ? never
    : Key;
}[keyof Table[Kind]];

type WithDefaults<Row, Required extends keyof Row> = Pick<Row, Required> & Optional<Omit<Row, Required>>;

/** The parameters of a kind as they are passed: those with a default may be left out. */
export type InitOptions<Kind extends InitKind> = WithDefaults<Plain<Table[Kind]>, RequiredKey<Kind>> &
  (Kind extends 'keep' ? unknown : RowParameters<RowsInput>);

/** The initialiser of some rows. */
export interface RowsInput {
  readonly kind: InitKind;
  /** The parameters of the kind. */
  readonly [parameter: string]: unknown;
}

/** An initialiser as a spec or a fill takes it. */
export type InitInput = {
  [Kind in InitKind]: { readonly kind: Kind } & WithDefaults<Given<Table[Kind]>, RequiredKey<Kind>> &
    RowParameters<RowsInput>;
}[InitKind];

/** An initialiser with all its parameters. */
export type Init = OwnInit & RowParameters<OwnInit>;
type OwnInit = { [Kind in InitKind]: { readonly kind: Kind } & Values<Table[Kind]> }[InitKind];

/** The same in JSON: infinite bounds are "-inf" and "inf". */
export type InitJson = OwnJson & RowParameters<OwnJson>;
type OwnJson = { [Kind in InitKind]: { readonly kind: Kind } & Written<Table[Kind]> }[InitKind];

/** Upstream's WAGE. */
export type WageInit = Extract<Init, { kind: 'wage' }>;
/** WAGE as in its authors' own code: other fans, and the truncated normal. */
export type WageVarianceScaling = Extract<Init, { kind: 'wage_variance_scaling' }>;

/**
 * The given parameters, and the defaults of the rest, in the table's order.
 * @throws {ValueError} BAD_OPTION: an unknown name, or a flag that is not a boolean; the recipe checks numbers
 */
export function completeInit(given: InitInput, name?: string): Init {
  const values = given as unknown as Readonly<Record<string, unknown>>;
  const where = nameTensor(name);
  const own: Record<string, unknown> = { kind: given.kind };
  for (const [key, parameter] of PARAMETER_LISTS[given.kind]) {
    const value = values[key];
    if (value !== undefined) own[key] = readParameter(value, key, parameter, where);
    else if (parameter.optional !== true) own[key] = 'default' in parameter ? parameter.default : undefined;
  }
  const init = own as unknown as Init;
  const bounded = init.kind === 'truncated_normal' ? chooseBounds(init, values, where) : init;
  return { ...bounded, ...readRows(given, where, (rows) => completeNested(rows, name)) };
}

const PARAMETER_LISTS = Object.fromEntries(
  Object.entries(INIT_PARAMETERS).map(([kind, parameters]) => [kind, Object.entries<Parameter>(parameters)]),
) as unknown as Readonly<Record<InitKind, readonly (readonly [key: string, parameter: Parameter])[]>>;

function readParameter(value: unknown, key: string, parameter: Parameter, where: string): unknown {
  if (parameter.type === 'bound') return readBound(value);
  if (isCheckedHere(parameter)) checkType(value, key, parameter, where);
  return parameter.type === 'integer' || parameter.type === 'exact' ? rewriteInteger(value) : value;
}

/** The initialiser of rows, which no caller has checked. */
function completeNested(given: unknown, name: string | undefined): Init {
  const init: Readonly<Record<string, unknown>> = isPlainObject(given) ? given : {};
  const kind = INIT_KINDS.find((known) => known === init['kind']);
  const where = `${nameTensor(name)}: an initialiser of rows`;
  if (kind === undefined)
    throw new ValueError(
      'BAD_OPTION',
      `${where} is ${given === undefined ? 'missing' : show(given)}.`,
      suggest(init['kind'], INIT_KINDS),
    );
  if (kind === 'keep') throw new ValueError('BAD_OPTION', `${where} is keep.`, KEPT_WHOLE);
  checkKeys(init, ['kind', ...Object.keys(INIT_PARAMETERS[kind])], where, 'BAD_OPTION');
  return completeInit(given as InitInput, name);
}

/** The recipe checks numbers, and what it refuses as not implemented. */
const isCheckedHere = (parameter: Parameter): boolean =>
  parameter.type !== 'number' &&
  parameter.type !== 'exact' &&
  !(parameter.type === 'oneOf' && parameter.open === true);

/** Converts an initialiser to its form in specs, metadata and reports. */
export const writeInit = (init: Init): InitJson => writeNumbers(init) as InitJson;

const readBound = (value: unknown): unknown =>
  typeof value === 'string' && Object.hasOwn(INFINITIES, value) ? INFINITIES[value] : value;

/** Checks whether a parameter has its default value. By Object.is: a mean of -0 is not the default of 0. */
export function isDefault(kind: InitKind, key: string, value: unknown): boolean {
  const parameters: Readonly<Record<string, Parameter>> = INIT_PARAMETERS[kind];
  const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
  return parameter !== undefined && 'default' in parameter && Object.is(parameter.default, value);
}
