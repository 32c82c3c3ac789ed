/**
 * Random sequences of calls of torch's initialisers, as plain JSON. Sizes and parameters are those where something ends: blocks of 16
 * normals, 624 words, chunks, the dtype's range. No parameter is -0, which counts as 0 here: JSON, and so the metadata, cannot hold it.
 */
import { makeRandom } from '../fuzz/random.mjs';

const DTYPES = ['float32', 'float64', 'float16', 'bfloat16'];
const LARGEST = { float32: 2 ** 127, float64: 2 ** 1023, float16: 65_504, bfloat16: 2 ** 127 };
const TINIEST = { float32: 2 ** -149, float64: 2 ** -1074, float16: 2 ** -24, bfloat16: 2 ** -133 };
const NONLINEARITIES = ['linear', 'conv2d', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'selu'];
const SEEDS = [0n, 1n, 42n, -1n, -(2n ** 63n), 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n];

const CHUNK = 2 ** 18;
const WORDS = 624;

const unit = (random) => random.below(2 ** 32) / 2 ** 32;
/** Log-uniform. */
const between = (random, low, high) => low * (high / low) ** unit(random);
const signed = (random, value) => (random.chance(0.5) ? -value : value);

function drawSize(random, most) {
  const near = random.below(5) - 2;
  const size = random.pick([
    () => random.below(16),
    () => random.below(100),
    () => random.pick([0, 1, 2, 3, 4, 7, 15, 16, 17, 31, 32, 33]),
    () => 16 * random.below(70) + near,
    () => (WORDS * (1 + random.below(8))) / random.pick([1, 2, 4]) + near,
    () => (random.chance(0.8) ? random.below(3000) : random.below(70_000)),
    () => (random.chance(0.4) ? CHUNK * (1 + random.below(3)) + 8 * near : random.below(1000)),
    () => (random.chance(0.2) ? random.below(most) : random.below(200)),
  ])();
  const whole = Math.max(0, Math.round(size));
  return whole > most ? random.below(most + 1) : whole;
}

/** A shape of about so many elements, with fans. */
function drawLayer(random, size) {
  const receptive = random.pick([[], [], [], [3], [3, 3], [1, 2, 2]]);
  const inner = receptive.reduce((product, length) => product * length, 1);
  const fanIn = 1 + random.below(Math.min(300, Math.ceil(size / inner)));
  return [Math.ceil(size / (fanIn * inner)), fanIn, ...receptive];
}

function drawShape(random, size) {
  if (random.chance(0.05)) return size === 1 ? [] : [size, 1];
  const rows = random.pick([1, 1, 2, 3, 5, 16]);
  return size % rows === 0 && rows > 1 ? [rows, size / rows] : [size];
}

const BOUNDS = [
  (random) => ((l) => [-l, l])(between(random, 1e-5, 10)),
  () => [0, 1],
  () => [-1, 1],
  (random) => [signed(random, between(random, 1e-3, 10)), 20 * unit(random) + 10],
  (random) => [-20 - unit(random), -10 * unit(random)],
  (random) => ((value) => [value, value])(random.pick([0, 0.1, -3, 1e-5])),
  () => [0, 0.1],
  () => [-0.1, 0],
  () => [1, 0],
  (random) => ((low) => [low, low * (1 + 2 ** -random.below(60))])(between(random, 0.1, 10)),
  (random, dtype) => [-TINIEST[dtype] * (1 + random.below(5)), TINIEST[dtype] * random.below(1000)],
  (random, dtype) => [-LARGEST[dtype] / 2, LARGEST[dtype] / 2],
  (random, dtype) => [
    LARGEST[dtype] / 3,
    Math.min(Number.MAX_VALUE, LARGEST[dtype] * random.pick([1, 1, 4])),
  ],
  (random, dtype) => [signed(random, between(random, 1, LARGEST[dtype] / 4)), LARGEST[dtype] / 2],
];

const MOMENTS = [
  () => [0, 1],
  () => [0, 0.02],
  (random) => [0, between(random, 1e-4, 10)],
  (random) => [signed(random, between(random, 1e-6, 100)), between(random, 1e-6, 100)],
  (random) => [signed(random, unit(random)), 0],
  () => [0, -1],
  (random) => [random.pick([0, 3]), random.pick([0, 1e-45, 1e-320])],
  (random, dtype) => [0, TINIEST[dtype] * (1 + random.below(1000))],
  (random, dtype) => [signed(random, LARGEST[dtype] / 4), LARGEST[dtype] / 40],
  (random, dtype) => [0, LARGEST[dtype] / 16],
];

const gain = (random) => (random.chance(0.3) ? {} : { gain: between(random, 0.01, 10) });
const kaiming = (random) => ({
  ...(random.chance(0.5) && { a: random.pick([0, 0.01, Math.sqrt(5), -1, 5 * unit(random)]) }),
  ...(random.chance(0.5) && { mode: random.pick(['fan_in', 'fan_out']) }),
  ...(random.chance(0.5) && { nonlinearity: random.pick(NONLINEARITIES) }),
});
const moments = (random, dtype) => {
  if (random.chance(0.1)) return {};
  const [mean, std] = random.pick(MOMENTS)(random, dtype);
  return { mean: mean, std: std };
};
const bounds = (random, dtype) => {
  const [low, high] = random.pick(BOUNDS)(random, dtype);
  return { low: low, high: high };
};
const wage = (random) => ({
  bits: 1 + random.below(16),
  ...(random.chance(0.5) && { factor: random.pick([1, 0.75, between(random, 0.01, 100)]) }),
});

/** For each kind: how often it comes, its parameters, and whether it needs fans. */
const KINDS = {
  uniform: [4, bounds, drawShape],
  normal: [5, moments, drawShape],
  truncated_normal: [4, moments, drawShape],
  wage: [2, wage, drawLayer],
  kaiming_uniform: [2, kaiming, drawLayer],
  kaiming_normal: [2, kaiming, drawLayer],
  xavier_uniform: [1, gain, drawLayer],
  xavier_normal: [1, gain, drawLayer],
  constant: [1, () => ({ value: 0.1 }), drawShape],
};
const DECK = Object.entries(KINDS).flatMap(([kind, [count]]) => Array(count).fill(kind));

/** @param most  elements of a tensor */
function drawCall(random, most) {
  const kind = random.pick(DECK);
  const [, drawParameters, draw] = KINDS[kind];
  const dtype = random.pick(DTYPES);
  const shape = draw(random, drawSize(random, most));
  return { do: 'fill', kind, dtype, shape, parameters: drawParameters(random, dtype) };
}

/** Between calls: torch's state is taken over here, ours there, or a clone goes on; or words are passed over, a million or some more. */
const drawTransfer = (random) =>
  random.pick([
    { do: 'take' },
    { do: 'give' },
    { do: 'clone' },
    { do: 'skip', words: Math.round(between(random, 1e5, 2 ** 24)) },
  ]);

/**
 * One generator's life.
 * @param calls  how many fills at most
 * @returns      its seed, its steps, and how many fills may run at once
 */
function drawSequence(random, calls, most) {
  const seed = random.chance(0.4)
    ? random.pick(SEEDS)
    : (BigInt(random.below(2 ** 32)) << 32n) + BigInt(random.below(2 ** 32));
  const mayTransfer = random.chance(0.5);
  const steps = [];
  for (let left = Math.min(calls, 1 + random.below(random.pick([3, 10, 30]))); left > 0; left--) {
    if (mayTransfer && random.chance(0.2)) steps.push(drawTransfer(random));
    steps.push(drawCall(random, most));
  }
  return { seed: String(seed), atOnce: random.pick([1, 1, 2, 5]), steps };
}

/**
 * @param calls  fills in all
 * @param most   elements of a tensor
 */
export function drawSequences(seed, calls, most) {
  const random = makeRandom(seed);
  const sequences = [];
  for (let left = calls; left > 0;) {
    const sequence = drawSequence(random, left, most);
    left -= sequence.steps.filter((step) => step.do === 'fill').length;
    sequences.push(sequence);
  }
  return sequences;
}
