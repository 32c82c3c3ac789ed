/**
 * Initialisers as a person writes them: a kind and its parameters, the same in a spec, in the library and in the metadata of a
 * checkpoint. The table here is what specs, their JSON Schema and the library's options are checked against.
 * @module
 */
import { FAN_MODES, LAYOUTS, type FanMode, type Layout } from './fans.js';
import { NONLINEARITIES } from './gains.js';
import { SCHEME_DISTRIBUTIONS, KAIMING_MODES, type Scheme } from './schemes.js';
import { badParameter, checkOneOf } from '../../base/checks.js';

/** Modes of wage_init_; upstream has no other. */
export const WAGE_MODES = ['fan_in'] as const;
export type WageMode = (typeof WAGE_MODES)[number];

export interface WageInit {
  readonly kind: 'wage';
  readonly bits: number;
  readonly factor: number;
  readonly mode: WageMode;
  /** Write the integer codes of the weights (int8) in place of the weights. */
  readonly codes: boolean;
}

/** WAGE as its authors' own code has it: other fans, and the truncated normal. */
export interface WageVarianceScaling {
  readonly kind: 'wage_variance_scaling';
  readonly bits: number;
  readonly factor: number;
  readonly mode: FanMode;
  readonly distribution: (typeof WAGE_DISTRIBUTIONS)[number];
  readonly layout: Layout;
  readonly codes: boolean;
}

export const WAGE_DISTRIBUTIONS = ['uniform', 'truncated_normal'] as const;

/** Distributions whose width does not come from the shape. */
export type PlainInit =
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  | {
      readonly kind: 'truncated_normal';
      readonly mean: number;
      readonly std: number;
      /** In standard deviations; -Infinity and Infinity are bounds too. */
      readonly low: number;
      readonly high: number;
    }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number };

/** An initialiser with all its parameters. */
export type Init = WageInit | WageVarianceScaling | PlainInit | Scheme;
export type InitKind = Init['kind'];

/** What a parameter may be; without a default it must be given. */
export type Parameter =
  | { readonly type: 'number'; readonly default?: number }
  /** A number, or in JSON, which has no infinities, "-inf" or "inf". */
  | { readonly type: 'bound'; readonly default: number }
  /** `open`: unknown values are left to the recipe, which reports them as not implemented. */
  | {
      readonly type: 'oneOf';
      readonly values: readonly string[];
      readonly default: string;
      readonly open?: true;
    }
  | { readonly type: 'flag'; readonly default: boolean };

/** The values of a kind's parameters. */
type ValuesOf<Kind extends InitKind> = Omit<Init & { readonly kind: Kind }, 'kind'>;

const number = { type: 'number' } as const;
const mean = { type: 'number', default: 0 } as const;
const std = { type: 'number', default: 1 } as const;
const torchLayout = { type: 'oneOf', values: LAYOUTS, default: 'torch' } as const;
const kerasLayout = { type: 'oneOf', values: LAYOUTS, default: 'keras' } as const;
const fanMode = { type: 'oneOf', values: FAN_MODES, default: 'fan_in' } as const;
const codes = { type: 'flag', default: false } as const;
const factor = { type: 'number', default: 2 } as const;
const kaiming = {
  a: { type: 'number', default: 0 },
  mode: { type: 'oneOf', values: KAIMING_MODES, default: 'fan_in' },
  nonlinearity: { type: 'oneOf', values: NONLINEARITIES, default: 'leaky_relu' },
  layout: torchLayout,
} as const;
const xavier = { gain: { type: 'number', default: 1 }, layout: torchLayout } as const;
const named = { layout: kerasLayout, preserve_std: { type: 'flag', default: true } } as const;

/** Every kind's parameters. Defaults are those of whoever gave the kind its name. */
export const INIT_PARAMETERS = {
  wage: {
    bits: number,
    factor,
    mode: { type: 'oneOf', values: ['fan_in'], default: 'fan_in', open: true },
    codes,
  },
  wage_variance_scaling: {
    bits: number,
    factor,
    mode: fanMode,
    distribution: { type: 'oneOf', values: WAGE_DISTRIBUTIONS, default: 'truncated_normal' },
    layout: torchLayout,
    codes,
  },
  uniform: { low: number, high: number },
  normal: { mean, std },
  truncated_normal: {
    mean,
    std,
    low: { type: 'bound', default: -2 },
    high: { type: 'bound', default: 2 },
  },
  zeros: {},
  ones: {},
  constant: { value: number },
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
} as const satisfies { readonly [Kind in InitKind]: Readonly<Record<keyof ValuesOf<Kind>, Parameter>> };

export const INIT_KINDS = Object.keys(INIT_PARAMETERS) as readonly InitKind[];

/** Which parameters of a kind must be given. */
type RequiredKey<Kind extends InitKind> = {
  [Key in keyof (typeof INIT_PARAMETERS)[Kind]]: (typeof INIT_PARAMETERS)[Kind][Key] extends {
    default: unknown;
  }
    ? never
    : Key;
}[keyof (typeof INIT_PARAMETERS)[Kind]];

/** A kind's parameters as they are given: those that have a default may be left out. */
export type InitOptions<Kind extends InitKind> = Partial<ValuesOf<Kind>> &
  Pick<ValuesOf<Kind>, RequiredKey<Kind> & keyof ValuesOf<Kind>>;

/** An initialiser as it is given. */
export type InitInput = {
  [Kind in InitKind]: { readonly kind: Kind } & InitOptions<Kind>;
}[InitKind];

/**
 * The given parameters, and the defaults of the others, in the table's order.
 * @throws {ValueError} BAD_OPTION: a word or a flag that is none; numbers are for the recipe to check
 */
export function completeInit(given: InitInput, name?: string): Init {
  const values = given as Readonly<Record<string, unknown>>;
  const parameters = Object.entries<Parameter>(INIT_PARAMETERS[given.kind]).map(([key, parameter]) => {
    const value = values[key];
    if (value === undefined) return [key, 'default' in parameter ? parameter.default : undefined];
    if (parameter.type === 'oneOf' && parameter.open !== true) checkOneOf(value, parameter.values, key, name);
    if (parameter.type === 'flag' && typeof value !== 'boolean') {
      throw badParameter('BAD_OPTION', key, value, name, 'Pass true or false.');
    }
    return [key, value];
  });
  return { kind: given.kind, ...Object.fromEntries(parameters) } as Init;
}

/** Whether a parameter has the value it would have if it were left out. By Object.is: a mean of -0 is not the default of 0. */
export function isDefault(kind: InitKind, key: string, value: unknown): boolean {
  const parameters: Readonly<Record<string, Parameter>> = INIT_PARAMETERS[kind];
  const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
  return parameter !== undefined && 'default' in parameter && Object.is(parameter.default, value);
}
