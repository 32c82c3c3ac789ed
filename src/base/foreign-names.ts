/**
 * What other libraries call things, in this one's words: a person who types torch's or Keras's name means something, and
 * seldom what is spelt most alike.
 *
 * Sources: https://docs.pytorch.org/docs/stable/nn.init.html, https://docs.pytorch.org/docs/stable/tensor_attributes.html,
 * https://keras.io/api/layers/initializers/, https://docs.jax.dev/en/latest/jax.nn.initializers.html, safetensors' `enum Dtype`.
 * @module
 */

/** What a word is that is not ours. */
export interface Translation {
  /** Ours; none if we have nothing like it. */
  readonly means?: readonly string[];
  /** What differs, or that it is not there. */
  readonly note?: string;
}

type Dictionary = Readonly<Record<string, Translation>>;

const means = (...words: readonly string[]): Translation => ({ means: words });
const lacks = (note: string): Translation => ({ note });

/** A dictionary is asked for its own words only: `constructor` is none. */
const lookUp = (dictionary: Dictionary, word: string): Translation | undefined =>
  Object.hasOwn(dictionary, word) ? dictionary[word] : undefined;

/** `torch.nn.init.kaiming_normal_` and `keras.initializers.HeNormal` without what stands before the last dot, as `he_normal`. */
const nameOf = (word: string): string =>
  word
    .slice(word.lastIndexOf('.') + 1)
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1_')
    .replace(/[- ]/g, '_')
    .toLowerCase()
    .replace(/_+$/, '');

/** Longer than any word here. */
const LONGEST = 80;

const isWord = (word: unknown): word is string => typeof word === 'string' && word.length <= LONGEST;

const FLOAT32 = means('float32');
const FLOAT64 = means('float64');
const FLOAT16 = means('float16');
const BFLOAT16 = means('bfloat16');
const INT8 = means('int8');

const DTYPE_WORDS: Dictionary = {
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
  i8: INT8,
  int4: lacks("int4 is not supported: WAGE's codes of 2 to 8 bits are kept in int8."),
  i4: lacks("I4 is not supported: WAGE's codes of 2 to 8 bits are kept in int8."),
};

/** Other element types: floats of 4, 6 and 8 bits, whole numbers, booleans, complex and quantized ones. */
const OTHER_DTYPE =
  /^(?:mx|nv|nf|tf|q|iq)*(?:fp?|bf?|float|bfloat|u?int|[iuc]|complex|q|nf|tf|e)\d+\w*$|^(?:u?int|long|short|byte|char|bool|boolean|complex|string|object)$/;

/** Of a dtype: `torch.bfloat16`, `np.float32`, `BF16`, `fp16`, `half`; `float8_e4m3fn` is none of ours. */
export function translateDtype(word: unknown): Translation | undefined {
  if (!isWord(word)) return undefined;
  const name = nameOf(word).replace(/^[<>=|]/, '');
  const known = lookUp(DTYPE_WORDS, name);
  if (known !== undefined) return known;
  if (['float32', 'float64', 'float16', 'bfloat16', 'int8'].includes(name)) return means(name);
  if (!OTHER_DTYPE.test(name)) return undefined;
  const yet = /float8|fp8|f8|e[45]m[23]/.test(name) ? ' yet' : '';
  return lacks(`${word} is not supported${yet}.`);
}

const KERAS_STD = "Keras's has a default std of 0.05, ours of 1.";
const TORCH_BOUNDS = "torch's a and b are values: low and high are in standard deviations.";
const NORMAL = means('normal');
const UNIFORM = means('uniform');
const notYet = (what: string): Translation => lacks(`${what} initialisers are not supported yet.`);

const KIND_WORDS: Dictionary = {
  random_normal: { means: ['normal'], note: KERAS_STD },
  random_uniform: { means: ['uniform'], note: "Keras's is from -0.05 to 0.05 by default." },
  gaussian: NORMAL,
  untruncated_normal: NORMAL,
  randn: NORMAL,
  rand: UNIFORM,
  trunc_normal: { means: ['truncated_normal'], note: TORCH_BOUNDS },
  trunc: means('truncated_normal'),
  truncated: means('truncated_normal'),
  kaiming: means('kaiming_normal', 'kaiming_uniform'),
  msra: means('kaiming_normal', 'kaiming_uniform'),
  he: means('he_normal', 'he_uniform'),
  xavier: means('xavier_normal', 'xavier_uniform'),
  glorot: means('glorot_normal', 'glorot_uniform'),
  lecun: means('lecun_normal', 'lecun_uniform'),
  wage_init: means('wage'),
  zero: means('zeros'),
  zeros_like: means('zeros'),
  one: means('ones'),
  ones_like: means('ones'),
  const: means('constant'),
  fill: means('constant'),
  full: means('constant'),
  value: means('constant'),
  orthogonal: notYet('Orthogonal'),
  delta_orthogonal: notYet('Orthogonal'),
  identity: notYet('Identity'),
  eye: notYet('Identity'),
  dirac: notYet('Identity'),
  sparse: notYet('Sparse'),
};

/** Of an initialiser's kind: torch's functions, Keras's classes and names, JAX's functions. */
export function translateKind(word: unknown): Translation | undefined {
  if (!isWord(word)) return undefined;
  const name = nameOf(word);
  return lookUp(KIND_WORDS, name) ?? (name === word ? undefined : meansItself(name));
}

const OUR_KINDS =
  /^(?:(?:kaiming|xavier|he|glorot|lecun)_(?:normal|uniform)|(?:truncated_)?normal|uniform|zeros|ones|constant|variance_scaling)$/;

const meansItself = (name: string): Translation | undefined =>
  OUR_KINDS.test(name) ? means(name) : undefined;

const noGain = (what: string): Translation => lacks(`torch has no gain for ${what}.`);

/** By parameter: the words that it may have elsewhere. */
const PARAMETER_WORDS: Readonly<Record<string, Dictionary>> = {
  distribution: {
    untruncated_normal: NORMAL,
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
    fan_geo_avg: lacks("JAX's geometric mean of both fans is not supported."),
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
};

/** Of a parameter whose values are words: `distribution`, `nonlinearity`, ... */
export function translateValue(parameter: string, word: unknown): Translation | undefined {
  const words = Object.hasOwn(PARAMETER_WORDS, parameter) ? PARAMETER_WORDS[parameter] : undefined;
  if (words === undefined || !isWord(word)) return undefined;
  const name = nameOf(word);
  return lookUp(words, name) ?? lookUp(words, name.replaceAll('_', ''));
}

/** Keys of a spec; which of the meanings fits is for the place to say. */
const KEY_WORDS: Dictionary = {
  stddev: means('std'),
  sigma: means('std'),
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
  layers: means('tensors'),
  weights: means('tensors'),
  parameters: means('tensors'),
  params: means('tensors'),
  max_shard_size: means('shard_size'),
  defaults: means('default'),
};

/** Of a key of a spec, if one of its meanings is a key there. */
export function translateKey(word: unknown, known: readonly string[]): Translation | undefined {
  const translation = isWord(word) ? lookUp(KEY_WORDS, nameOf(word)) : undefined;
  return translation?.means?.some((key) => known.includes(key)) ? translation : undefined;
}
