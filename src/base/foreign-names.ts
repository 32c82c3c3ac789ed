/**
 * Translates other libraries' names to this one's: a person who types torch's or Keras's name rarely means the name with the
 * most similar spelling.
 *
 * Sources: https://docs.pytorch.org/docs/stable/nn.init.html, https://docs.pytorch.org/docs/stable/tensor_attributes.html,
 * https://keras.io/api/layers/initializers/, https://docs.jax.dev/en/latest/jax.nn.initializers.html, safetensors' `enum Dtype`.
 * @module
 */

/** The meaning of a foreign name here. */
export interface Translation {
  /** Our names for it; left out if we have none. */
  readonly means?: readonly string[];
  /** A note on what differs or is missing. */
  readonly note?: string;
}

/** Each is made when a name is looked up in it, for an error: an import builds none. */
type Dictionary = Readonly<Record<string, Translation>>;

const means = (...names: readonly string[]): Translation => ({ means: names });
const lacks = (note: string): Translation => ({ note });

/** Own keys only: `constructor` is not one. */
const lookUp = (dictionary: Dictionary, name: string): Translation | undefined =>
  Object.hasOwn(dictionary, name) ? dictionary[name] : undefined;

/** `kaiming_normal` of `torch.nn.init.kaiming_normal_`, `he_normal` of `keras.initializers.HeNormal` */
const normalise = (text: string): string =>
  text
    .slice(text.lastIndexOf('.') + 1)
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1_')
    .replace(/[- ]/g, '_')
    .toLowerCase()
    .replace(/_+$/, '');

/** Longer than any name here. */
const LONGEST = 80;

const isName = (text: unknown): text is string => typeof text === 'string' && text.length <= LONGEST;

const FLOAT32 = means('float32');
const FLOAT64 = means('float64');
const FLOAT16 = means('float16');
const BFLOAT16 = means('bfloat16');
const E4M3 = means('float8_e4m3fn');
const E5M2 = means('float8_e5m2');
const FLOAT8 = means('float8_e4m3fn', 'float8_e5m2');
const E8M0 = means('float8_e8m0fnu');
const E2M1 = means('float4_e2m1fn');
const UINT8 = means('uint8');
const INT16 = means('int16');
const INT32 = means('int32');
const INT64 = means('int64');
const COMPLEX64 = means('complex64');

const foreignDtypes = (): Dictionary => ({
  f32: FLOAT32,
  fp32: FLOAT32,
  float: FLOAT32,
  single: FLOAT32,
  f64: FLOAT64,
  fp64: FLOAT64,
  double: FLOAT64,
  f16: FLOAT16,
  fp16: FLOAT16,
  half: FLOAT16,
  bf16: BFLOAT16,
  bfp16: BFLOAT16,
  bfloat: BFLOAT16,
  brain_float: BFLOAT16,
  f8_e4m3: E4M3,
  f8_e4m3fn: E4M3,
  float8_e4m3: E4M3,
  fp8_e4m3: E4M3,
  e4m3: E4M3,
  e4m3fn: E4M3,
  f8_e5m2: E5M2,
  fp8_e5m2: E5M2,
  e5m2: E5M2,
  f8: FLOAT8,
  fp8: FLOAT8,
  float8: FLOAT8,
  f8_e4m3fnuz: means('float8_e4m3fnuz'),
  f8_e5m2fnuz: means('float8_e5m2fnuz'),
  f8_e8m0: E8M0,
  f8_e8m0fnu: E8M0,
  float8_e8m0: E8M0,
  e8m0: E8M0,
  ue8m0: E8M0,
  f6_e2m3: means('float6_e2m3fn'),
  f6_e3m2: means('float6_e3m2fn'),
  f6: means('float6_e2m3fn', 'float6_e3m2fn'),
  fp6: means('float6_e2m3fn', 'float6_e3m2fn'),
  f4: E2M1,
  fp4: E2M1,
  float4: E2M1,
  e2m1: E2M1,
  float4_e2m1: E2M1,
  float4_e2m1fn_x2: {
    means: ['float4_e2m1fn'],
    note: "An element of torch's is a byte, one of ours half a byte: double the last dimension.",
  },
  i8: means('int8'),
  char: means('int8'),
  u8: UINT8,
  ubyte: UINT8,
  byte: means('uint8', 'int8'),
  i16: INT16,
  short: INT16,
  u16: means('uint16'),
  ushort: means('uint16'),
  i32: INT32,
  u32: means('uint32'),
  int: means('int32', 'int64'),
  uint: means('uint32', 'uint64'),
  i64: INT64,
  long: INT64,
  u64: means('uint64'),
  boolean: means('bool'),
  c64: COMPLEX64,
  cfloat: COMPLEX64,
  csingle: COMPLEX64,
  complex: COMPLEX64,
  int4: lacks("int4 is not supported: WAGE's codes of 2 to 8 bits are kept in int8."),
  i4: lacks("I4 is not supported: WAGE's codes of 2 to 8 bits are kept in int8."),
});

/** Element types that exist elsewhere: other floats and integers of few bits, complex and quantized types. */
const OTHER_DTYPE =
  /^(?:mx|nv|nf|tf|q|iq)*(?:fp?|bf?|float|bfloat|u?int|[iuc]|complex|q|nf|tf|e)\d+\w*$|^(?:string|object)$/;

/**
 * Translates a dtype: `torch.bfloat16`, `np.float32`, `BF16`, `fp16`, `half`. Knows unsupported ones too, such as `complex128`.
 * @param dtypes  this library's own
 */
export function translateDtype(text: unknown, dtypes: readonly string[]): Translation | undefined {
  if (!isName(text)) return undefined;
  const name = normalise(text).replace(/^[<>=|]/, '');
  const known = lookUp(foreignDtypes(), name);
  if (known !== undefined) return known;
  if (dtypes.includes(name)) return means(name);
  if (!OTHER_DTYPE.test(name)) return undefined;
  return lacks(`${text} is not supported.`);
}

const KERAS_STD = "Keras's has a default std of 0.05, ours of 1.";
const TORCH_BOUNDS = "torch's a and b are values, and so are ours; low and high are in standard deviations.";
const TIMM_BOUNDS = "timm's a and b are in standard deviations: our low and high.";
const RATE = "NumPy's and SciPy's scale is 1 / rate.";
const NORMAL = means('normal');
const UNIFORM = means('uniform');

const foreignKinds = (): Dictionary => ({
  random_normal: { means: ['normal'], note: KERAS_STD },
  random_uniform: { means: ['uniform'], note: "Keras's is from -0.05 to 0.05 by default." },
  gaussian: NORMAL,
  untruncated_normal: NORMAL,
  standard_normal: NORMAL,
  randn: NORMAL,
  rand: UNIFORM,
  trunc_normal: { means: ['truncated_normal'], note: TORCH_BOUNDS },
  trunc_normal_tf: { means: ['truncated_normal'], note: TIMM_BOUNDS },
  trunc: means('truncated_normal'),
  truncated: means('truncated_normal'),
  kaiming: means('kaiming_normal', 'kaiming_uniform'),
  msra: means('kaiming_normal', 'kaiming_uniform'),
  he: means('he_normal', 'he_uniform'),
  xavier: means('xavier_normal', 'xavier_uniform'),
  glorot: means('glorot_normal', 'glorot_uniform'),
  lecun: means('lecun_normal', 'lecun_uniform'),
  le_cun_normal: means('lecun_normal'),
  le_cun_uniform: means('lecun_uniform'),
  loguniform: means('log_uniform'),
  reciprocal: means('log_uniform'),
  lognormal: means('log_normal'),
  expon: { means: ['exponential'], note: RATE },
  standard_exponential: means('exponential'),
  double_exponential: means('laplace'),
  standard_cauchy: means('cauchy'),
  gumbel_r: means('gumbel'),
  linspace: means('arange'),
  range: means('arange'),
  iota: means('arange'),
  position_ids: means('arange'),
  inv_freq: { means: ['arange'], note: 'It has the map "power", with step -2 / d.' },
  eye_like: means('eye'),
  identity_matrix: means('identity'),
  literal: means('values'),
  array: means('values'),
  tensor: means('values'),
  coin: means('bernoulli'),
  randbits: means('bits'),
  wage_init: means('wage'),
  randint: means('integers'),
  random_integers: means('integers'),
  random: means('integers', 'bits'),
  random_bits: means('bits'),
  zero: means('zeros'),
  zeros_like: means('zeros'),
  one: means('ones'),
  ones_like: means('ones'),
  const: means('constant'),
  fill: means('constant'),
  full: means('constant'),
  value: means('constant'),
  copy: means('keep'),
  load: means('keep'),
  pretrained: means('keep'),
});

/**
 * Translates a kind of initialiser: torch's and JAX's functions, Keras's classes and names.
 * @param kinds  this library's own
 */
export function translateKind(text: unknown, kinds: readonly string[]): Translation | undefined {
  if (!isName(text)) return undefined;
  const name = normalise(text);
  const isOurs = name !== text && kinds.includes(name);
  return lookUp(foreignKinds(), name) ?? (isOurs ? means(name) : undefined);
}

const noGain = (what: string): Translation => lacks(`torch has no gain for ${what}.`);

/** By parameter: its values elsewhere. */
const foreignValues = (): Readonly<Record<string, Dictionary>> => ({
  distribution: {
    random_normal: NORMAL,
    gaussian: NORMAL,
    trunc_normal: means('truncated_normal'),
    truncated: means('truncated_normal'),
    random_uniform: UNIFORM,
  },
  nonlinearity: {
    gelu: noGain('gelu'),
    silu: noGain('silu'),
    swish: noGain('swish'),
    elu: noGain('elu'),
    celu: noGain('celu'),
    glu: noGain('glu'),
    mish: noGain('mish'),
    prelu: noGain('prelu'),
    relu6: noGain('relu6'),
    softmax: noGain('softmax'),
    softplus: noGain('softplus'),
    hardswish: noGain('hardswish'),
    lrelu: means('leaky_relu'),
    identity: means('linear'),
    none: means('linear'),
  },
  mode: {
    avg: means('fan_avg'),
    average: means('fan_avg'),
    fan_average: means('fan_avg'),
  },
  generator: {
    pytorch: means('torch'),
    mt19937: means('torch'),
    mersenne_twister: means('torch'),
    xoroshiro: means('xoroshiro128+'),
    xoroshiro128: means('xoroshiro128+'),
    xoroshiro128plus: means('xoroshiro128+'),
    default: means('xoroshiro128+'),
    philox: lacks("torch's generator on GPUs is not supported; torch stands for the one on processors."),
  },
  layout: {
    pytorch: means('torch'),
    oihw: means('torch'),
    jax: means('keras'),
    flax: means('keras'),
    tensorflow: means('keras'),
    tf: means('keras'),
    hwio: means('keras'),
  },
});

/** Translates a value of a parameter whose values have names: `distribution`, `nonlinearity`, ... */
export function translateValue(parameter: string, text: unknown): Translation | undefined {
  const all = foreignValues();
  const values = Object.hasOwn(all, parameter) ? all[parameter] : undefined;
  if (values === undefined || !isName(text)) return undefined;
  const name = normalise(text);
  return lookUp(values, name) ?? lookUp(values, name.replaceAll('_', ''));
}

/** Keys of a spec; which meaning fits depends on the keys that are known there. */
const foreignKeys = (): Dictionary => ({
  stddev: means('std'),
  sigma: means('std', 'scale'),
  scale: means('std', 'gain'),
  initializer_range: means('std'),
  minval: means('low'),
  minimum: means('low'),
  min: means('low'),
  a: means('low'),
  lower: means('low'),
  maxval: means('high'),
  maximum: means('high'),
  max: means('high'),
  b: means('high'),
  upper: means('high'),
  loc: means('mean'),
  location: means('loc'),
  median: means('loc'),
  mu: means('mean', 'loc'),
  beta: means('scale'),
  lambd: means('rate'),
  lambda: means('rate'),
  prob: means('p'),
  probability: means('p'),
  dt_min: means('low'),
  dt_max: means('high'),
  dt_init_floor: means('floor'),
  clamp: means('floor'),
  theta: means('base'),
  rope_theta: means('base'),
  transform: means('map'),
  val: means('value'),
  negative_slope: means('a'),
  bits_w: means('bits'),
  type: means('kind', 'init'),
  class_name: means('kind'),
  initializer: means('init'),
  initialiser: means('init'),
  torch_dtype: means('dtype'),
  data_type: means('dtype'),
  size: means('shape'),
  dims: means('shape'),
  pattern: means('match'),
  regex: means('match'),
  exclude: means('skip'),
  ignore: means('skip'),
  omit: means('skip'),
  drop: means('skip'),
  replace: means('rename'),
  rename_to: means('rename'),
  new_name: means('rename'),
  layers: means('tensors'),
  weights: means('tensors'),
  parameters: means('tensors'),
  params: means('tensors'),
  max_shard_size: means('shard_size'),
  defaults: means('default'),
});

/** Translates a key of a spec, if one of its meanings is known there. */
export function translateKey(text: unknown, known: readonly string[]): Translation | undefined {
  const translation = isName(text) ? lookUp(foreignKeys(), normalise(text)) : undefined;
  return translation?.means?.some((key) => known.includes(key)) ? translation : undefined;
}
