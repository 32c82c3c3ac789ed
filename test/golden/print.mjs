/**
 * Prints the SHA-256 of a few tensors: the bytes that this library promises. test/golden/golden.json holds what it printed when
 * the byte contract was made; a difference is a new contract, and a major version.
 * @example node test/golden/print.mjs > test/golden/golden.json
 */
import { createHash } from 'node:crypto';
import {
  arange,
  bernoulli,
  bits,
  cauchy,
  constant,
  deltaOrthogonal,
  dirac,
  Engine,
  eye,
  integers,
  exponential,
  gumbel,
  laplace,
  logNormal,
  logUniform,
  normal,
  orthogonal,
  rademacher,
  SharedTensor,
  sparse,
  TorchGenerator,
  truncatedNormal,
  uniform,
  wage,
} from 'jumpfill';

const bounds = { low: -0.1, high: 3 };
/** Several chunks, the last of them and its last block not whole. */
const several = [600, 1003];
/** Rows that begin in the middle of blocks. */
const qkv = [
  { from: 1, to: 150, init: eye({ gain: 0.1 }) },
  { from: 200, to: 401, init: normal({ std: 0.02 }) },
  { from: 401, to: 600, init: sparse({ sparsity: 0.3 }) },
];

/** What is drawn in every dtype of fewer or more bits, with a normal of some law. */
const narrow = (dtype, law = { mean: 3, std: 0.02 }, lawTitle = 'mean 3 std 0.02') => ({
  [`uniform [-0.1, 3] ${dtype} [600, 1003]`]: ['u', several, (e, t) => e.uniform_(t, bounds), dtype],
  [`truncated normal ${dtype} [600, 1003]`]: ['w', several, (e, t) => e.truncatedNormal_(t), dtype],
  [`normal ${lawTitle} ${dtype} [600, 1003]`]: ['n', several, (e, t) => e.fill(t, normal(law)), dtype],
  [`normal ${dtype} at offset 2^48 + 7 [100001]`]: [
    'n',
    [100_001],
    (e, t) => e.fill(t, normal(), { offset: 2 ** 48 + 7 }),
    dtype,
  ],
  [`constant 0.1 ${dtype} [1000]`]: ['c', [1000], (e, t) => e.fill(t, constant({ value: 0.1 })), dtype],
});

/** One value in each dtype of whole numbers, and a power of two. */
const constants = Object.fromEntries(
  [
    ['int8', -128],
    ['uint8', 200],
    ['int16', -12_345],
    ['uint16', 54_321],
    ['int32', -1_234_567_890],
    ['uint32', 4_123_456_789],
    ['int64', -1_234_567_890_123_456_789n],
    ['uint64', 12_345_678_901_234_567_890n],
    ['bool', 1],
    ['float8_e8m0fnu', 2 ** -9],
  ].map(([dtype, value]) => [
    `constant ${value} ${dtype} [1003]`,
    ['c', [1003], (e, t) => e.fill(t, constant({ value })), dtype],
  ]),
);

/** Subnormals and normals of a float8. */
const float8 = (dtype, std) => ({
  ...narrow(dtype, { std }, `std ${std}`),
  [`truncated normal from 6 to 7 ${dtype} [70001]`]: [
    'b',
    [70_001],
    (e, t) => e.truncatedNormal_(t, { low: 6, high: 7 }),
    dtype,
  ],
});

/** What torch draws after `torch.manual_seed(42)`; test/vectors/torch_golden.py has torch itself print the same. */
const torch = (dtype) => {
  const fill = (init) => (e, t) => e.fill(t, init, { generator: new TorchGenerator(42) });
  const law = { mean: 3, std: 0.02 };
  return {
    [`torch uniform [-0.1, 3] ${dtype} [600, 1003]`]: ['u', several, fill(uniform(bounds)), dtype],
    [`torch wage 2 bits ${dtype} [128, 128, 3, 3]`]: ['w', [128, 128, 3, 3], fill(wage({ bits: 2 })), dtype],
    [`torch normal mean 3 std 0.02 ${dtype} [600, 1003]`]: ['n', several, fill(normal(law)), dtype],
    [`torch truncated normal mean 3 std 0.02 ${dtype} [301, 1003]`]: [
      't',
      [301, 1003],
      fill(truncatedNormal(law)),
      dtype,
    ],
    [`torch normal ${dtype} [9] after one of [6] and one of [9]`]: ['f', [9], fillAfterOthers, dtype],
    [`torch normal ${dtype} from element 2^32 [1003]`]: ['l', [1003], drawEnd, dtype],
  };
};

/** The last elements of a tensor of 2^32 and 1003, which begin with a jump. */
async function drawEnd(engine, { dtype }) {
  const tensors = [{ name: 'w', shape: [2 ** 32 + 1003], dtype, init: normal() }];
  return await engine.drawSlice({ generator: 'torch', seed: 42, tensors }, { name: 'w', start: 2 ** 32 });
}

/** Whole numbers and two values: the same in every dtype. */
const whole = () => {
  const fill = (init, options) => (e, t) => e.fill(t, init, options);
  const cases = {
    'integers from -100 to 99': [
      ['int8', 'int64', 'float32', 'bfloat16'],
      fill(integers({ low: -100, high: 100 })),
    ],
    'integers from 0 to 2^64 - 1': [['uint64'], fill(integers({ low: 0, high: 2n ** 64n }))],
    'integers from -2^53 to 2^53': [['float64'], fill(integers({ low: -(2n ** 53n), high: 2n ** 53n + 1n }))],
    'integers from 0 to 2 at offset 2^48 + 7': [
      ['float8_e5m2'],
      fill(integers({ low: 0, high: 3 }), { offset: 2 ** 48 + 7 }),
    ],
    bits: [['uint8', 'int16', 'uint32', 'int64', 'bool'], fill(bits())],
    'bernoulli 0.3': [['bool', 'uint64', 'float16'], fill(bernoulli({ p: 0.3 }))],
    'rademacher 0.3': [['float32', 'float8_e4m3fn'], fill(rademacher({ scale: 0.3 }))],
  };
  return Object.fromEntries(
    Object.entries(cases).flatMap(([title, [dtypes, fillCase]]) =>
      dtypes.map((dtype) => [`${title} ${dtype} [301, 1003]`, ['i', [301, 1003], fillCase, dtype]]),
    ),
  );
};

/** Fewer than 16 normals: 6 leave no second normal of a pair, 9 leave one, which the last 9 begin with. */
async function fillAfterOthers(engine, tensor) {
  const generator = new TorchGenerator(42);
  for (const count of [6, 9]) {
    await engine.fill(SharedTensor.empty([count], { name: `of ${count}` }), normal(), { generator });
  }
  return engine.fill(tensor, normal(), { generator });
}

/** Laws by inversion, maps of drawn values, and bounds that are values. */
const laws = (dtype) => {
  const fill = (init) => (e, t) => e.fill(t, init);
  const dt = { low: 0.001, high: 0.1 };
  const cases = {
    'log_uniform [0.001, 0.1]': logUniform(dt),
    'inverse softplus of log_uniform, floor 0.0001': logUniform({
      ...dt,
      map: 'inverse_softplus',
      floor: 1e-4,
    }),
    'log of uniform [1, 16]': uniform({ low: 1, high: 16, map: 'log' }),
    'power 10000 of uniform [-1, 0]': uniform({ low: -1, high: 0, map: 'power', base: 10_000 }),
    'log_normal mean -1 std 0.5': logNormal({ mean: -1, std: 0.5 }),
    'exponential rate 3': exponential({ rate: 3 }),
    'laplace loc 0.5 scale 2': laplace({ loc: 0.5, scale: 2 }),
    'cauchy scale 0.00001': cauchy({ scale: 1e-5 }),
    gumbel: gumbel(),
    'truncated normal std 0.5 within the values -1 and 2': truncatedNormal({ std: 0.5, a: -1 }),
  };
  return Object.fromEntries(
    Object.entries(cases).map(([title, init]) => [
      `${title} ${dtype} [70001]`,
      ['l', [70_001], fill(init), dtype],
    ]),
  );
};

/** Title: name of the streams, shape, what fills it, dtype if it is not float32. */
const cases = {
  'wage 2 bits [128, 128, 3, 3]': [
    'features.4.weight',
    [128, 128, 3, 3],
    (e, t) => e.wageInit_(t, 2, { factor: 1 }),
  ],
  'wage 16 bits [10, 1024]': ['classifier.3.weight', [10, 1024], (e, t) => e.wageInit_(t, 16)],
  'truncated normal [1000, 1003]': ['w', [1000, 1003], (e, t) => e.truncatedNormal_(t)],
  'truncated normal mean 3 std 0.02 [70001]': [
    'größe/重み',
    [70_001],
    (e, t) => e.truncatedNormal_(t, { mean: 3, std: 0.02 }),
  ],
  'uniform [-0.1, 3] [500, 333]': ['u', [500, 333], (e, t) => e.uniform_(t, bounds)],
  'uniform at offset 2^52 + 12345 [100001]': [
    'u',
    [100_001],
    (e, t) => e.uniform_(t, { ...bounds, offset: 2 ** 52 + 12_345 }),
  ],
  'truncated normal of the largest seed [65537]': [
    's',
    [65_537],
    (e, t) => e.truncatedNormal_(t, { seed: 2n ** 64n - 1n }),
  ],
  'constant 0.1 [1000]': ['c', [1000], (e, t) => e.fill(t, constant({ value: 0.1 }))],
  'normal [1000, 1003]': ['n', [1000, 1003], (e, t) => e.fill(t, normal())],
  'normal mean 3 std 0.02 [70001]': [
    'größe/重み',
    [70_001],
    (e, t) => e.fill(t, normal({ mean: 3, std: 0.02 })),
  ],
  'normal at offset 2^52 + 12345 [100001]': [
    'n',
    [100_001],
    (e, t) => e.fill(t, normal(), { offset: 2 ** 52 + 12_345 }),
  ],
  'truncated normal from -1 to 3 [600, 1003]': [
    'b',
    several,
    (e, t) => e.truncatedNormal_(t, { low: -1, high: 3 }),
  ],
  'truncated normal from 6 to 7 [600, 1003]': [
    'b',
    several,
    (e, t) => e.truncatedNormal_(t, { low: 6, high: 7 }),
  ],
  'truncated normal from 0.5 mean 1 std 0.3 [70001]': [
    'b',
    [70_001],
    (e, t) => e.truncatedNormal_(t, { mean: 1, std: 0.3, low: 0.5, high: Infinity }),
  ],
  'truncated normal to -3 [70001]': [
    'b',
    [70_001],
    (e, t) => e.truncatedNormal_(t, { low: -Infinity, high: -3 }),
  ],
  'eye 0.1 float16 [600, 1003]': ['e', several, (e, t) => e.fill(t, eye({ gain: 0.1 })), 'float16'],
  'dirac 2 groups [64, 24, 3, 4]': ['d', [64, 24, 3, 4], (e, t) => e.fill(t, dirac({ groups: 2 }))],
  'power 10000 of arange step -2/128 [64]': [
    'rope',
    [64],
    (e, t) => e.fill(t, arange({ step: -2 / 128, map: 'power', base: 10_000 })),
  ],
  'log of arange from 1 float64 [512, 16]': [
    'a',
    [512, 16],
    (e, t) => e.fill(t, arange({ start: 1, axis: -1, map: 'log' })),
    'float64',
  ],
  'arange int64 [600, 1003]': [
    'a',
    several,
    (e, t) => e.fill(t, arange({ start: -7, step: 3, repeat: 5 })),
    'int64',
  ],
  'zero rows 0 and 599 of normal [600, 1003]': [
    'r',
    several,
    (e, t) => e.fill(t, normal({ zero_rows: [0, 599] })),
  ],
  'uniform with rows of eye, normal and sparse bfloat16 [600, 1003]': [
    'r',
    several,
    (e, t) => e.fill(t, uniform({ ...bounds, rows: qkv })),
    'bfloat16',
  ],
  'delta_orthogonal gain 2 [4, 3, 100, 131]': [
    'd',
    [4, 3, 100, 131],
    (e, t) => e.fill(t, deltaOrthogonal({ gain: 2 })),
  ],
  'delta_orthogonal bfloat16 [2, 64, 70]': [
    'd',
    [2, 64, 70],
    (e, t) => e.fill(t, deltaOrthogonal()),
    'bfloat16',
  ],
  'orthogonal [300, 700]': ['q', [300, 700], (e, t) => e.fill(t, orthogonal())],
  'orthogonal [700, 300]': ['q', [700, 300], (e, t) => e.fill(t, orthogonal())],
  'orthogonal float64 [301, 301]': ['q', [301, 301], (e, t) => e.fill(t, orthogonal()), 'float64'],
  'sparse 0.07 [1500, 403]': ['s', [1500, 403], (e, t) => e.fill(t, sparse({ sparsity: 0.07 }))],
  'sparse 0.9 bfloat16 [600, 1003]': [
    's',
    several,
    (e, t) => e.fill(t, sparse({ sparsity: 0.9, std: 3 })),
    'bfloat16',
  ],
  ...constants,
  ...narrow('float64'),
  ...narrow('float16'),
  ...narrow('bfloat16'),
  ...float8('float8_e4m3fn', 0.02),
  ...float8('float8_e5m2', 0.0002),
  'uniform [-0.001, 0.001] float8_e4m3fn [600, 1003]': [
    'vllm',
    several,
    (e, t) => e.uniform_(t, { low: -1e-3, high: 1e-3 }),
    'float8_e4m3fn',
  ],
  'truncated normal from 6 to 7 float64 [70001]': [
    'b',
    [70_001],
    (e, t) => e.truncatedNormal_(t, { low: 6, high: 7 }),
    'float64',
  ],
  'truncated normal from -1 to 3 float64 [600, 503]': [
    'b',
    [600, 503],
    (e, t) => e.truncatedNormal_(t, { low: -1, high: 3, mean: 0.1, std: 0.02 }),
    'float64',
  ],
  'truncated normal from 6 to 7 float16 [70001]': [
    'b',
    [70_001],
    (e, t) => e.truncatedNormal_(t, { low: 6, high: 7 }),
    'float16',
  ],
  'wage codes 2 bits [128, 128, 3, 3]': [
    'features.4.weight',
    [128, 128, 3, 3],
    (e, t) => e.wageInit_(t, 2, { factor: 1, codes: true }),
    'int8',
  ],
  'wage codes 8 bits [600, 1003]': ['fc', several, (e, t) => e.wageInit_(t, 8, { codes: true }), 'int8'],
  'stochastic quantize_ 4 bits of uniform [600, 1003]': [
    'q',
    several,
    async (e, t) => e.quantize_(await e.uniform_(t, { low: -1, high: 1 }), 4, { rounding: 'stochastic' }),
  ],
  ...whole(),
  ...laws('float32'),
  ...laws('float64'),
  ...laws('bfloat16'),
  ...torch('float32'),
  ...torch('float64'),
  ...torch('float16'),
  ...torch('bfloat16'),
};

const engine = new Engine({ threads: 2, seed: 42n });
const hashes = {};
for (const [title, [name, shape, fill, dtype = 'float32']] of Object.entries(cases)) {
  const { data } = await fill(engine, SharedTensor.empty(shape, { name, dtype }));
  hashes[title] = createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}
await engine.close();
console.log(JSON.stringify(hashes, null, 2));
