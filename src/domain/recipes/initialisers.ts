/**
 * Initialisers as values: one function a kind, named as the kind is, in camel case. Each takes the kind's parameters in one
 * object and returns the plain `{ kind, ... }` that specs and fills take.
 *
 * Mistakes that no tensor could take are refused here: an unknown parameter, a missing required one, a value of the wrong type
 * or an unknown name. Ranges may depend on shape and dtype, so they are checked where the value is used, with the tensor's name.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { checkKeys, show } from '../../base/wording.js';
import {
  functionOf,
  INIT_PARAMETERS,
  rowKeysOf,
  type InitKind,
  type InitOptions,
  type RequiredKey,
} from './init.js';
import { checkType, isRequired, type Parameter } from './parameters.js';
import { readRows } from './row-ranges.js';
import { rewriteInteger } from './integer-parameter.js';
import { checkOnePair } from './truncation.js';
import { checkWageMode } from './wage.js';

/** The value that the function of a kind returns. */
export type InitValue<Kind extends InitKind> = { readonly kind: Kind } & InitOptions<Kind>;

/** The argument of a kind's function; an empty object for a kind without parameters. */
export type InitParameters<Kind extends InitKind> = [keyof InitOptions<Kind>] extends [never]
  ? Readonly<Record<string, never>>
  : InitOptions<Kind>;

/** The function of a kind: its argument may be left out if no parameter is required. */
export type Initialiser<Kind extends InitKind> = [RequiredKey<Kind>] extends [never]
  ? (parameters?: InitParameters<Kind>) => InitValue<Kind>
  : (parameters: InitParameters<Kind>) => InitValue<Kind>;

function initialiser<Kind extends InitKind>(kind: Kind): Initialiser<Kind> {
  const table = Object.entries<Parameter>(INIT_PARAMETERS[kind]);
  const where = functionOf(kind);
  const make = (parameters: Readonly<Record<string, unknown>> = {}): object => {
    checkKeys(
      parameters,
      [...table.map(([key]) => key), ...rowKeysOf(kind)],
      where,
      'BAD_OPTION',
      kind === 'keep' ? 'It takes no parameters.' : `Pass a plain object: ${exampleOf(kind)}.`,
    );
    for (const [key, parameter] of table) {
      if (parameters[key] === undefined && isRequired(parameter)) throw refuseMissing(kind, key, parameter);
      checkParameter(parameters[key], key, parameter, where);
    }
    if (kind === 'truncated_normal') checkOnePair(parameters, where);
    // The recipe completes the initialisers of rows.
    readRows(parameters, where, (init) => init);
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    return { kind, ...Object.fromEntries(given.map(([key, value]) => [key, withoutBigint(value)])) };
  };
  // One body serves all kinds; the table that the types are made from is the one it checks against.
  return make as unknown as Initialiser<Kind>;
}

/** A value goes into a spec, which is JSON. */
const withoutBigint = (value: unknown): unknown =>
  typeof value === 'bigint' ? rewriteInteger(value) : value;

/** Values of the parameters that have no default. */
const EXAMPLES: Readonly<Record<string, number | readonly number[]>> = {
  low: -1,
  high: 1,
  value: 3,
  bits: 2,
  sparsity: 0.9,
  values: [1, 2],
  p: 0.5,
  zero_rows: [0],
};
const EXAMPLES_OF_KINDS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  log_uniform: { low: 0.001, high: 0.1 },
};

/** A call with the required parameters, else with the first: `uniform({ low: -1, high: 1 })`. */
function exampleOf(kind: InitKind): string {
  const table = Object.entries<Parameter>(INIT_PARAMETERS[kind]);
  const required = table.filter(([, parameter]) => isRequired(parameter));
  const [first = ['zero_rows', { type: 'numbers' }] as const] = table;
  const shown = required.length > 0 ? required : [first];
  const examples = { ...EXAMPLES, ...EXAMPLES_OF_KINDS[kind] };
  const members = shown.map(
    ([key, parameter]) => `${key}: ${show('default' in parameter ? parameter.default : examples[key])}`,
  );
  return `${functionOf(kind)}({ ${members.join(', ')} })`;
}

function refuseMissing(kind: InitKind, key: string, parameter: Parameter): ValueError {
  const code = (parameter.type === 'number' ? parameter.code : undefined) ?? 'BAD_RANGE';
  const found = `${functionOf(kind)}: ${key} is missing.`;
  return new ValueError(
    code,
    found,
    `Pass ${parameter.type === 'numbers' ? 'numbers' : 'a number'}, as in ${exampleOf(kind)}.`,
    { parameter: key },
  );
}

function checkParameter(value: unknown, key: string, parameter: Parameter, where: string): void {
  if (value === undefined) return;
  if (parameter.type === 'oneOf' && parameter.open === true) checkWageMode(value);
  else checkType(value, key, parameter, where);
}

/**
 * Upstream's `wage_init_`: uniform on ±limit, limit and weight scale from fan-in and bit width. Needs 2 dimensions or more.
 * @throws {NotImplementedError} a mode other than `fan_in`
 * @throws {ValueError} BAD_BITS, BAD_FACTOR: not a number; BAD_OPTION: an unknown parameter, or a wrong flag
 */
export const wage: Initialiser<'wage'> = initialiser('wage');

/**
 * WAGE's initialiser as in its authors' code: fan-in, fan-out or their mean, uniform or truncated normal, with the same weight
 * scale.
 * @throws {ValueError} BAD_BITS, BAD_FACTOR: not a number; BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const wageVarianceScaling: Initialiser<'wage_variance_scaling'> = initialiser('wage_variance_scaling');

/**
 * Uniform on [low, high]. With `map`, each value is mapped: `"log"`, `"exp"`, `"inverse_softplus"` (x + log(-expm1(-x))), or `"power"`, which is
 * `base ** value`; values are raised to at least `floor` before.
 * @throws {ValueError} BAD_RANGE: low or high missing or not a finite number; BAD_OPTION: an unknown parameter or map
 */
export const uniform: Initialiser<'uniform'> = initialiser('uniform');

/**
 * Normal with this mean and standard deviation; `map`, `floor` and `base` as of {@link uniform}.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter or map
 */
export const normal: Initialiser<'normal'> = initialiser('normal');

/**
 * Normal truncated to mean + low std .. mean + high std; by default mean ± 2 std. `a` and `b` instead are bounds as values, as torch's
 * `trunc_normal_` has them: -2 and 2 if one of them is left out. `map`, `floor` and `base` as of {@link uniform}.
 * @throws {ValueError} BAD_RANGE: not a number, or infinite other than a bound; BAD_OPTION: an unknown parameter or map
 */
export const truncatedNormal: Initialiser<'truncated_normal'> = initialiser('truncated_normal');

/**
 * The exponential of a uniform between the logarithms of low and high, 0 < low <= high. With the map `"inverse_softplus"` and a `floor` it is
 * Mamba's dt bias; `map`, `floor` and `base` as of {@link uniform}.
 * @throws {ValueError} BAD_RANGE: low or high missing or not a finite number; BAD_OPTION: an unknown parameter or map
 */
export const logUniform: Initialiser<'log_uniform'> = initialiser('log_uniform');

/**
 * The exponential of a normal with this mean and standard deviation: torch's `log_normal_(mean, std)`, NumPy's `lognormal(mean, sigma)`.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const logNormal: Initialiser<'log_normal'> = initialiser('log_normal');

/**
 * Exponential with this rate, 1 over the mean: torch's `exponential_(lambd)`; NumPy's scale is 1 / rate.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const exponential: Initialiser<'exponential'> = initialiser('exponential');

/**
 * Laplace about loc, of standard deviation √2 scale: NumPy's `laplace(loc, scale)`.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const laplace: Initialiser<'laplace'> = initialiser('laplace');

/**
 * Cauchy about loc, half of it within ±scale: torch's `cauchy_(median, sigma)`.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const cauchy: Initialiser<'cauchy'> = initialiser('cauchy');

/**
 * Gumbel, loc - scale log(-log(u)) of a uniform u, its mode loc: NumPy's `gumbel(loc, scale)`, `jax.random.gumbel`.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const gumbel: Initialiser<'gumbel'> = initialiser('gumbel');

/**
 * The bytes of the tensor in the checkpoint that a model is like, in its dtype: nothing is drawn. For specs alone: a fill has no such
 * checkpoint.
 * @throws {ValueError} BAD_OPTION: a parameter
 */
export const keep: Initialiser<'keep'> = initialiser('keep');

/** Every element 0. */
export const zeros: Initialiser<'zeros'> = initialiser('zeros');

/** Every element 1. */
export const ones: Initialiser<'ones'> = initialiser('ones');

/**
 * Every element the same value.
 * @throws {ValueError} BAD_RANGE: value missing or not a finite number; BAD_OPTION: an unknown parameter
 */
export const constant: Initialiser<'constant'> = initialiser('constant');

/**
 * torch's `eye_` and Keras's Identity: the gain where row and column are the same, 0 elsewhere, in a matrix of any shape. It takes no words.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const eye: Initialiser<'eye'> = initialiser('eye');

/** Keras's name of {@link eye}. */
export const identity: Initialiser<'identity'> = initialiser('identity');

/**
 * torch's `dirac_`: convolutions `[out, in, ...spatial]` that pass each input on, in each of the groups. It takes no words.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const dirac: Initialiser<'dirac'> = initialiser('dirac');

/**
 * torch's `sparse_`: normals, and ⌈sparsity · rows⌉ zeros in each column of a matrix.
 * @throws {ValueError} BAD_RANGE: sparsity missing, or not a finite number; BAD_OPTION: an unknown parameter
 */
export const sparse: Initialiser<'sparse'> = initialiser('sparse');

/**
 * Values written out, one for each element in row-major order, 4096 at most. It takes no words.
 * @throws {ValueError} BAD_RANGE: values missing, or not an array of finite numbers; BAD_OPTION: an unknown parameter
 */
export const values: Initialiser<'values'> = initialiser('values');

/**
 * start + step · ⌊i / repeat⌋, where i counts elements in row-major order, or along an axis; `map`, `floor` and `base` as of
 * {@link uniform}. It takes no words.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter or map
 */
export const arange: Initialiser<'arange'> = initialiser('arange');

/**
 * Keras's STFT: the cosines, or minus the sines, of a short-time Fourier transform, as the kernel [frame, 1, bands] of a convolution. It
 * takes no words.
 * @throws {ValueError} BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const stft: Initialiser<'stft'> = initialiser('stft');

/**
 * Whole numbers from low to high - 1, all equally likely, as `numpy.random.Generator.integers`, `torch.randint` and
 * `jax.random.randint` draw them. Beyond ±(2^53 - 1) low and high are bigints, or decimal digits in a string. Bias: range / 2^64.
 * @throws {ValueError} BAD_RANGE: low or high missing or not a whole number; BAD_OPTION: an unknown parameter
 */
export const integers: Initialiser<'integers'> = initialiser('integers');

/**
 * Random bits, as `jax.random.bits` draws them: every pattern of an integer dtype, or of a bool. Floats are refused.
 * @throws {ValueError} BAD_OPTION: an unknown parameter
 */
export const bits: Initialiser<'bits'> = initialiser('bits');

/**
 * 1 with probability p, otherwise 0, as torch's `bernoulli_` and `jax.random.bernoulli`. p counts to within 2^-33.
 * @throws {ValueError} BAD_RANGE: p missing or not a finite number; BAD_OPTION: an unknown parameter
 */
export const bernoulli: Initialiser<'bernoulli'> = initialiser('bernoulli');

/**
 * scale or -scale, both equally likely, as `jax.random.rademacher`. Unsigned dtypes and bool are refused.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const rademacher: Initialiser<'rademacher'> = initialiser('rademacher');

/**
 * JAX's `delta_orthogonal`: convolutions `[...spatial, in, out]` with an orthogonal matrix in the middle, ⌊(k - 1) / 2⌋, and 0 elsewhere.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter
 */
export const deltaOrthogonal: Initialiser<'delta_orthogonal'> = initialiser('delta_orthogonal');

/**
 * torch's `orthogonal_`, Keras's Orthogonal and JAX's `orthogonal`: orthonormal rows, or columns of a tall matrix, Haar-distributed,
 * times the gain. The first axis against the rest, with the layout `keras` all but the last against the last, or axes of your own.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter or name, or a wrong axis
 */
export const orthogonal: Initialiser<'orthogonal'> = initialiser('orthogonal');

/**
 * Keras's and JAX's VarianceScaling: variance scale / fan. The distribution `"normal"` is JAX's, not truncated, and the same as Keras's
 * `"untruncated_normal"`; Keras itself reads `"normal"` as truncated.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const varianceScaling: Initialiser<'variance_scaling'> = initialiser('variance_scaling');

/**
 * torch's `kaiming_uniform_`: ±gain √(3 / fan).
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter or name
 */
export const kaimingUniform: Initialiser<'kaiming_uniform'> = initialiser('kaiming_uniform');

/**
 * torch's `kaiming_normal_`: standard deviation gain / √fan.
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter or name
 */
export const kaimingNormal: Initialiser<'kaiming_normal'> = initialiser('kaiming_normal');

/**
 * torch's `xavier_uniform_`: ±gain √(6 / (fan-in + fan-out)).
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter or name
 */
export const xavierUniform: Initialiser<'xavier_uniform'> = initialiser('xavier_uniform');

/**
 * torch's `xavier_normal_`: standard deviation gain √(2 / (fan-in + fan-out)).
 * @throws {ValueError} BAD_RANGE: not a finite number; BAD_OPTION: an unknown parameter or name
 */
export const xavierNormal: Initialiser<'xavier_normal'> = initialiser('xavier_normal');

/**
 * Keras's HeUniform: ±√(6 / fan-in).
 * @throws {ValueError} BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const heUniform: Initialiser<'he_uniform'> = initialiser('he_uniform');

/**
 * Keras's HeNormal: truncated, variance 2 / fan-in.
 * @throws {ValueError} BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const heNormal: Initialiser<'he_normal'> = initialiser('he_normal');

/**
 * Keras's GlorotUniform: ±√(6 / (fan-in + fan-out)).
 * @throws {ValueError} BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const glorotUniform: Initialiser<'glorot_uniform'> = initialiser('glorot_uniform');

/**
 * Keras's GlorotNormal: truncated, variance 2 / (fan-in + fan-out).
 * @throws {ValueError} BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const glorotNormal: Initialiser<'glorot_normal'> = initialiser('glorot_normal');

/**
 * Keras's LecunUniform: ±√(3 / fan-in).
 * @throws {ValueError} BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const lecunUniform: Initialiser<'lecun_uniform'> = initialiser('lecun_uniform');

/**
 * Keras's LecunNormal: truncated, variance 1 / fan-in.
 * @throws {ValueError} BAD_OPTION: an unknown parameter or name, or a wrong flag
 */
export const lecunNormal: Initialiser<'lecun_normal'> = initialiser('lecun_normal');
