/** What every function and method of the package takes: its arguments, its options, and what is right in each place. */
import { join } from 'node:path';
import { Engine, packCodes, SharedTensor } from 'jumpfill';
import { makeFolder } from './folder.js';
import type { Place, WrongObject } from './wrong-objects.js';

export type Places = Readonly<Record<string, Place>>;

/** A function or method: its arguments in order, and what its options may hold. */
export interface Signature {
  readonly arguments: readonly Place[];
  readonly options?: Places;
  /** Options without which it refuses: they are always passed. */
  readonly needs?: readonly string[];
}

export const engine = new Engine({ threads: 1, seed: 1n });
export const SPEC = { tensors: [{ name: 'w', shape: [4, 4], init: { kind: 'zeros' } }] };
/** Of a checkpoint of SPEC, once the test has written one. */
export const right = { path: '' };

const place = (make: () => unknown, ...fits: readonly WrongObject[]): Place => ({ right: make, fits });
/** What may be left out. */
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
const FILL = { seed, name, offset: maybe(count), ...RUN };
const NORMAL = { mean: maybe(number), std: maybe(positive) };
const layout = maybe(word('torch'));
const codesFlag = optional(() => false);
const KAIMING = { a: maybe(number), mode: maybe(word('fan_in')), nonlinearity: maybe(word('relu')), layout };
const XAVIER = { gain: maybe(positive), layout };
const NAMED = { layout, preserve_std: maybe(flag) };
const WAGE = { factor: maybe(positive), mode: maybe(word('fan_in')), codes: codesFlag };

const FILLS: Readonly<Record<string, Signature>> = {
  wageInit_: { arguments: [layer, bits], options: { ...WAGE, ...FILL } },
  wageVarianceScaling_: {
    arguments: [layer, bits],
    options: { ...WAGE, distribution: maybe(word('uniform')), layout, ...FILL },
  },
  init_: { arguments: [anyTensor, place(() => ({ kind: 'zeros' }))], options: FILL },
  uniform_: {
    arguments: [randomTensor],
    options: { low: place(() => -1, '-1.5'), high: place(() => 1), ...FILL },
    needs: ['low', 'high'],
  },
  normal_: { arguments: [randomTensor], options: { ...NORMAL, ...FILL } },
  truncatedNormal_: {
    arguments: [randomTensor],
    options: { ...NORMAL, low: optional(() => -1, '-1.5'), high: maybe(number), ...FILL },
  },
  zeros_: { arguments: [anyTensor], options: FILL },
  ones_: { arguments: [anyTensor], options: FILL },
  constant_: { arguments: [anyTensor, number], options: FILL },
  varianceScaling_: {
    arguments: [randomTensor],
    options: {
      scale: maybe(positive),
      mode: maybe(word('fan_in')),
      distribution: maybe(word('uniform')),
      ...NAMED,
      ...FILL,
    },
  },
  kaimingUniform_: { arguments: [layer], options: { ...KAIMING, ...FILL } },
  kaimingNormal_: { arguments: [layer], options: { ...KAIMING, ...FILL } },
  xavierUniform_: { arguments: [layer], options: { ...XAVIER, ...FILL } },
  xavierNormal_: { arguments: [layer], options: { ...XAVIER, ...FILL } },
  heUniform_: { arguments: [randomTensor], options: { ...NAMED, ...FILL } },
  heNormal_: { arguments: [randomTensor], options: { ...NAMED, ...FILL } },
  glorotUniform_: { arguments: [randomTensor], options: { ...NAMED, ...FILL } },
  glorotNormal_: { arguments: [randomTensor], options: { ...NAMED, ...FILL } },
  lecunUniform_: { arguments: [randomTensor], options: { ...NAMED, ...FILL } },
  lecunNormal_: { arguments: [randomTensor], options: { ...NAMED, ...FILL } },
};

const OPERATORS: Readonly<Record<string, Signature>> = {
  clip_: { arguments: [layer, bits], options: RUN },
  quantize_: {
    arguments: [layer, bits],
    options: {
      rounding: maybe(word('stochastic')),
      scale: maybe(positive),
      iteration: maybe(count),
      ...FILL,
    },
  },
  shift_: { arguments: [layer], options: { rounding: maybe(word('ceiling')), ...RUN } },
};

const READERS: Readonly<Record<string, Signature>> = {
  materialize: { arguments: [spec, stored, count, place(() => 4)], options: { seed, ...RUN } },
  verify: {
    arguments: [readable],
    options: {
      spec: maybe(spec),
      seed,
      sample: optional(() => 0.5),
      sampleSeed: seed,
      tensors: optional(() => ['w'], 'an empty array'),
      ...RUN,
    },
  },
  inspect: { arguments: [readable], options: { spec: maybe(spec), ...RUN } },
};

/** Of a spec without tensors, which needs the names of another checkpoint. */
const CONTENTS = { seed, shardSize: optional(() => '1GB'), like: readable };
const rules = place(() => ({ rules: [{ match: '*', init: { kind: 'ones' } }] }));
const part = optional(() => ({ part: 1, parts: 1 }));
const PLAIN = ['a plain object', 'an empty object', 'an object that JSON leaves out'] as const;
const freshOut = (): string => join(makeFolder(), 'out.safetensors');
/** Any text is a path. */
const out = place(freshOut, '"wrong"');
const WRITERS: Readonly<Record<string, Signature>> = {
  initModel: {
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
      ...RUN,
    },
    needs: ['out', 'like'],
  },
  planModel: { arguments: [rules], options: { ...CONTENTS, out: maybe(out), part }, needs: ['like'] },
  streamModel: { arguments: [rules], options: { seed, like: CONTENTS.like, ...RUN }, needs: ['like'] },
};

export const METHODS: Readonly<Record<string, Signature>> = {
  ...FILLS,
  ...OPERATORS,
  ...READERS,
  ...WRITERS,
};

const choosesEngine = (signature: Signature): Signature => ({
  ...signature,
  options: { ...signature.options, engine: optional(() => engine, 'an engine') },
});

export const FUNCTIONS: Readonly<Record<string, Signature>> = {
  ...Object.fromEntries(
    Object.entries({ ...FILLS, ...OPERATORS, ...READERS }).map(([key, signature]) => [
      key,
      choosesEngine(signature),
    ]),
  ),
  defaultEngine: { arguments: [] },
  scaleLimit: {
    arguments: [place(() => SharedTensor.empty([4, 4]), ...carriers()), positive, bits],
  },
  wageLimits: { arguments: [place(() => [4, 4]), bits, maybe(positive), name] },
  toFloat32: { arguments: [anyTensor] },
  packCodes: { arguments: [codes, bits] },
  unpackCodes: { arguments: [codes, place(() => packCodes(codes.right() as never, 4)), bits] },
  openCheckpoint: { arguments: [readable] },
  parsePart: { arguments: [place(() => '1/2'), optional(() => ({ A: 'b' }), ...PLAIN)] },
  mergeCheckpoint: {
    arguments: [],
    options: { out, force: maybe(flag) },
    needs: ['out'],
  },
};

/** Anything that a property can be set of, and that is no array, buffer or function. */
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
  recipe: { arguments: [] },
  tensor: { arguments: [stored] },
  read: { arguments: [stored, maybe(count), optional(() => 4)] },
};

export const ENGINE_OPTIONS: Places = {
  threads: optional(() => 1),
  seed,
  simd: maybe(flag),
  revectorize: optional(() => false, 'true'),
};
