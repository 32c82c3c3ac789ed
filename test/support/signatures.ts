/** The signature of every function and method of the package: its arguments, its options, and a right value for each. */
import { join } from 'node:path';
import { Engine, packCodes, SharedTensor, TorchGenerator, zeros } from 'jumpfill';
import { makeFolder } from './folder.js';
import type { Place, WrongObject } from './wrong-objects.js';

export type Places = Readonly<Record<string, Place>>;

/** A function or method: its arguments in order, and what its options may hold. */
export interface Signature {
  readonly arguments: readonly Place[];
  readonly options?: Places;
  /** Required options, which are always passed. */
  readonly needs?: readonly string[];
  /** Options that are refused beside some of the others. */
  readonly apart?: Places;
}

export const engine = new Engine({ threads: 1, seed: 1n });
export const SPEC = { tensors: [{ name: 'w', shape: [4, 4], init: { kind: 'zeros' } }] };
/** The path of a checkpoint of SPEC, once the test has written one. */
export const right = { path: '' };

const place = (make: () => unknown, ...fits: readonly WrongObject[]): Place => ({ right: make, fits });
/** Makes an argument or option optional. */
const optional = (make: () => unknown, ...fits: readonly WrongObject[]): Place =>
  place(make, 'undefined', ...fits);

const anyTensor = place(
  () => SharedTensor.empty([4, 4]),
  'a float64 tensor of one dimension',
  'an int8 tensor',
);
/** Random values have no int8. */
const randomTensor = place(() => SharedTensor.empty([4, 4]), 'a float64 tensor of one dimension');
const layer = place(() => SharedTensor.empty([4, 4]));
const codes = place(() => SharedTensor.empty([2, 8], { dtype: 'int8' }), 'an int8 tensor');
const bits = place(() => 4);
const number = place(() => 1, '-1.5');
const positive = place(() => 1);
const flag = place(() => true, 'true');
const word = (known: string): Place => place(() => known);
const count = place(() => 0);
const shape = place(() => [4, 4], 'an empty array');
const spec = place(() => SPEC);
const readable = place(() => right.path);
const stored = place(() => 'w');

const maybe = (at: Place): Place => optional(at.right, ...at.fits);
const RUN = {
  signal: optional(() => new AbortController().signal),
  onProgress: optional(() => () => undefined, 'a function'),
};
const seed = optional(() => 1n);
const name = optional(() => 'right', '"wrong"');
const generator = maybe(word('torch'));
const STREAM = { seed, name, offset: maybe(count), ...RUN };
const apart = { generator: optional(() => new TorchGenerator(1)) };
const NORMAL = { mean: maybe(number), std: maybe(positive) };
const layout = maybe(word('torch'));
const codesFlag = optional(() => false);
const KAIMING = { a: maybe(number), mode: maybe(word('fan_in')), nonlinearity: maybe(word('relu')), layout };
const XAVIER = { gain: maybe(positive), layout };
const NAMED = { layout, preserve_std: maybe(flag) };
const WAGE = { factor: maybe(positive), mode: maybe(word('fan_in')), codes: codesFlag };

const UNIFORM = { low: place(() => -1, '-1.5'), high: place(() => 1) };
const MAP = { map: maybe(word('power')), floor: maybe(positive), base: maybe(positive) };
/** As values; low and high are refused beside them. */
const VALUE_BOUNDS = { a: optional(() => -1, '-1.5'), b: optional(() => 1, '-1.5') };
const TRUNCATED = { ...NORMAL, low: optional(() => -1, '-1.5'), high: maybe(number) };

const FILLS: Readonly<Record<string, Signature>> = {
  fill: { arguments: [anyTensor, place(() => zeros())], options: STREAM, apart },
  wageInit_: { arguments: [layer, bits], options: { ...WAGE, ...STREAM }, apart },
  uniform_: {
    arguments: [randomTensor],
    options: { ...UNIFORM, ...MAP, ...STREAM },
    needs: ['low', 'high'],
    apart,
  },
  truncatedNormal_: {
    arguments: [randomTensor],
    options: { ...TRUNCATED, ...MAP, ...STREAM },
    apart: { ...apart, ...VALUE_BOUNDS },
  },
};

/** The fill checks whether a number is in range. */
const anyNumber = place(() => 1, '-1.5');
/** A bigint is an integer too. */
const anyInteger = place(() => 1, '-1n');
const MADE_WAGE = { bits: anyNumber, factor: maybe(anyNumber), codes: maybe(flag) };
const MADE_NORMAL = { mean: maybe(anyNumber), std: maybe(anyNumber) };
const MADE_MAP = { map: maybe(word('log')), floor: maybe(anyNumber), base: maybe(anyNumber) };
/** The fill checks whether they are axes of the shape. */
const anyAxes = optional(() => [0, 1], 'an empty array', '-1.5');
const MADE_AXES = { in_axis: anyAxes, out_axis: anyAxes, batch_axis: anyAxes };
const LOCATED = { loc: maybe(anyNumber), scale: maybe(anyNumber) };
const ROWS = {
  zero_rows: optional(() => [0], 'an empty array'),
  rows: optional(() => [{ from: 0, to: 1, init: zeros() }], 'an empty array'),
};
const made = (options: Places, ...needs: readonly string[]): Signature => ({
  arguments: [],
  options: { ...options, ...ROWS },
  needs,
});

/** The functions that make initialisers. */
export const INITIALISERS: Readonly<Record<string, Signature>> = {
  wage: made({ ...MADE_WAGE, mode: maybe(word('fan_in')) }, 'bits'),
  wageVarianceScaling: made(
    { ...MADE_WAGE, mode: maybe(word('fan_avg')), distribution: maybe(word('uniform')), layout },
    'bits',
  ),
  uniform: made({ low: anyNumber, high: anyNumber, ...MADE_MAP }, 'low', 'high'),
  normal: made({ ...MADE_NORMAL, ...MADE_MAP }),
  truncatedNormal: {
    ...made({ ...MADE_NORMAL, low: maybe(anyNumber), high: maybe(anyNumber), ...MADE_MAP }),
    apart: VALUE_BOUNDS,
  },
  logUniform: made({ low: anyNumber, high: anyNumber, ...MADE_MAP }, 'low', 'high'),
  logNormal: made(MADE_NORMAL),
  exponential: made({ rate: maybe(anyNumber) }),
  laplace: made(LOCATED),
  cauchy: made(LOCATED),
  gumbel: made(LOCATED),
  keep: { arguments: [], options: {}, needs: [] },
  zeros: made({}),
  ones: made({}),
  // A bigint, since numbers beyond 2^53 may have been rounded.
  constant: made({ value: place(() => 1, '-1.5', '-1n') }, 'value'),
  eye: made({ gain: maybe(anyNumber) }),
  identity: made({ gain: maybe(anyNumber) }),
  dirac: made({ groups: maybe(anyNumber) }),
  sparse: made({ sparsity: anyNumber, std: maybe(anyNumber) }, 'sparsity'),
  values: made({ values: place(() => [1, 2], 'an empty array') }, 'values'),
  arange: made({
    start: maybe(anyNumber),
    step: maybe(anyNumber),
    repeat: maybe(anyNumber),
    axis: maybe(anyNumber),
    ...MADE_MAP,
  }),
  stft: made({
    side: maybe(word('imag')),
    window: maybe(word('none')),
    scaling: maybe(word('spectrum')),
    periodic: maybe(flag),
  }),
  integers: made({ low: anyInteger, high: anyInteger }, 'low', 'high'),
  bits: made({}),
  bernoulli: made({ p: anyNumber }, 'p'),
  rademacher: made({ scale: maybe(anyNumber) }),
  deltaOrthogonal: made({ gain: maybe(anyNumber) }),
  orthogonal: made({
    gain: maybe(anyNumber),
    layout: maybe(word('torch')),
    ...MADE_AXES,
  }),
  varianceScaling: made({
    scale: maybe(anyNumber),
    mode: maybe(word('fan_in')),
    distribution: maybe(word('uniform')),
    ...NAMED,
  }),
  kaimingUniform: made({ ...KAIMING, a: maybe(anyNumber) }),
  kaimingNormal: made({ ...KAIMING, a: maybe(anyNumber) }),
  xavierUniform: made({ ...XAVIER, gain: maybe(anyNumber) }),
  xavierNormal: made({ ...XAVIER, gain: maybe(anyNumber) }),
  heUniform: made(NAMED),
  heNormal: made(NAMED),
  glorotUniform: made(NAMED),
  glorotNormal: made(NAMED),
  lecunUniform: made(NAMED),
  lecunNormal: made(NAMED),
};

const OPERATORS: Readonly<Record<string, Signature>> = {
  clip_: { arguments: [layer, bits], options: RUN },
  quantize_: {
    arguments: [layer, bits],
    options: {
      rounding: maybe(word('stochastic')),
      scale: maybe(positive),
      call: maybe(count),
      ...STREAM,
    },
  },
  shift_: { arguments: [layer], options: { rounding: maybe(word('ceiling')), ...RUN } },
};

const READERS: Readonly<Record<string, Signature>> = {
  drawSlice: {
    arguments: [spec],
    options: { name: stored, start: maybe(count), end: optional(() => 4), seed, generator, ...RUN },
    needs: ['name'],
  },
  verifyCheckpoint: {
    arguments: [readable],
    options: {
      spec: maybe(spec),
      seed,
      generator,
      sample: optional(() => 0.5),
      sampleSeed: seed,
      tensors: optional(() => ['w'], 'an empty array'),
      ...RUN,
    },
  },
  inspectCheckpoint: { arguments: [readable], options: { spec: maybe(spec), generator, ...RUN } },
};

/** Options of a call with a spec without tensors, which needs the names of another checkpoint. */
const CONTENTS = {
  ...{ seed, generator, shardSize: optional(() => '1GB'), like: readable },
  init: optional(() => ({ kind: 'ones' })),
};
const rules = place(() => ({ rules: [{ match: '*', init: { kind: 'ones' } }] }));
const part = optional(() => ({ part: 1, parts: 1 }));
const PLAIN = ['a plain object', 'an empty object', 'an object that JSON leaves out'] as const;
const freshOut = (): string => join(makeFolder(), 'out.safetensors');
/** Any text is a path. */
const out = place(freshOut, '"wrong"');
const writing: Signature = {
  arguments: [rules],
  options: {
    ...CONTENTS,
    out,
    force: maybe(flag),
    resume: maybe(flag),
    waitForLock: optional(() => 1, 'true'),
    onWait: optional(() => () => undefined, 'a function'),
    takeOver: optional(() => false, 'true'),
    part,
    recordIntervalMs: optional(() => 5000),
    checksum: maybe(flag),
    withConfig: maybe(flag),
    ...RUN,
  },
  needs: ['out', 'like'],
};

const WRITERS: Readonly<Record<string, Signature>> = {
  writeCheckpoint: writing,
  planCheckpoint: {
    arguments: [rules],
    options: { ...CONTENTS, out: maybe(out), part, withConfig: maybe(flag) },
    needs: ['like'],
  },
  /** The old name. */
  initModel: writing,
  streamCheckpoint: {
    arguments: [rules],
    options: { seed, generator, like: CONTENTS.like, init: CONTENTS.init, ...RUN },
    needs: ['like'],
  },
  streamCheckpointFiles: {
    arguments: [rules],
    options: { ...CONTENTS, name, part, index: optional(() => false, 'true'), ...RUN },
    needs: ['like'],
  },
};

/** Calls that need no engine, but are both methods and functions. */
const ANYWHERE: Readonly<Record<string, Signature>> = {
  scaleLimit: {
    arguments: [place(() => SharedTensor.empty([4, 4]), ...carriers()), positive, bits],
  },
  openCheckpoint: { arguments: [readable] },
  mergeCheckpoint: {
    arguments: [],
    options: { out, force: maybe(flag) },
    needs: ['out'],
  },
};

export const METHODS: Readonly<Record<string, Signature>> = {
  ...FILLS,
  ...OPERATORS,
  ...READERS,
  ...WRITERS,
  ...ANYWHERE,
};

const choosesEngine = (signature: Signature): Signature => ({
  ...signature,
  options: { ...signature.options, engine: optional(() => engine, 'an engine') },
});

export const FUNCTIONS: Readonly<Record<string, Signature>> = {
  ...Object.fromEntries(
    Object.entries({ ...FILLS, ...OPERATORS, ...READERS, ...WRITERS }).map(([key, signature]) => [
      key,
      choosesEngine(signature),
    ]),
  ),
  defaultEngine: { arguments: [] },
  ...ANYWHERE,
  ...INITIALISERS,
  wageLimits: { arguments: [place(() => [4, 4]), bits, maybe(positive), name] },
  toFloat32: { arguments: [anyTensor] },
  packCodes: { arguments: [codes, bits] },
  unpackCodes: { arguments: [codes, place(() => packCodes(codes.right() as never, 4)), bits] },
  parsePart: { arguments: [place(() => '1/2'), optional(() => ({ A: 'b' }), ...PLAIN)] },
};

/** Any object whose properties can be set, except arrays, buffers and functions. */
function carriers(): readonly WrongObject[] {
  return [
    'a plain object',
    'an empty object',
    'an object that JSON leaves out',
    'a float64 tensor of one dimension',
    'an int8 tensor',
    'a tensor without its fields',
    'an engine',
  ];
}

const TENSOR = { dtype: optional(() => 'float32'), name };
export const STATICS: Readonly<Record<string, Signature>> = {
  empty: { arguments: [shape], options: TENSOR },
  wrap: {
    arguments: [place(() => new SharedArrayBuffer(64), 'a SharedArrayBuffer'), shape],
    options: { ...TENSOR, byteOffset: maybe(count), weightScale: maybe(positive), step: maybe(positive) },
  },
};

export const CHECKPOINT: Readonly<Record<string, Signature>> = {
  entry: { arguments: [stored] },
  spec: { arguments: [] },
  tensor: { arguments: [stored] },
  read: { arguments: [stored, maybe(count), optional(() => 4)] },
};

export const TORCH_GENERATOR: Readonly<Record<string, Signature>> = {
  getState: { arguments: [] },
  setState: { arguments: [place(() => new TorchGenerator(1).getState())] },
  clone: { arguments: [] },
};
/** Those of its constructor. */
export const TORCH_SEED: Signature = { arguments: [place(() => -1n, '-1n')] };

export const ENGINE_OPTIONS: Places = {
  threads: optional(() => 1),
  seed,
  simd: maybe(flag),
  revectorize: optional(() => false, 'true'),
};
