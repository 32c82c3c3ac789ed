/** Small random models, and the files of unbroken runs. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRandom } from '../fuzz/random.mjs';
import { Fault } from './fault.mjs';
import { mustSucceed, Run } from './processes.mjs';
import { readFiles } from './output.mjs';

export const OUT = 'm.safetensors';
/** Records as often as possible, so that there is much to break. */
export const RECORD = ['--record-every', '0.01'];

const FLOATS = ['float32', 'float64', 'float16', 'bfloat16'];
const WIDTHS = { float32: 4, float64: 8, float16: 2, bfloat16: 2, int8: 1 };

/** Kinds of any shape, and those that need fans. */
const PLAIN = [
  { kind: 'normal', std: 0.02 },
  { kind: 'uniform', low: -1, high: 1 },
  { kind: 'truncated_normal' },
  { kind: 'truncated_normal', std: 0.5, low: '-inf', high: 1 },
  { kind: 'zeros' },
  { kind: 'ones' },
  { kind: 'constant', value: 0.25 },
];
const FANNED = [
  { kind: 'wage', bits: 2 },
  { kind: 'wage', bits: 8 },
  { kind: 'kaiming_uniform' },
  { kind: 'xavier_normal' },
  { kind: 'he_normal' },
];
const CODES = { kind: 'wage', bits: 4, codes: true };

const isOfTorch = ({ kind, low, codes }) => kind !== 'he_normal' && low !== '-inf' && codes !== true;

/** @param number  of the model: the same number gives the same model */
export function makeSpec(number) {
  const spec = makeAnySpec(makeRandom(number));
  const isTorch = number % 2 === 1 && spec.tensors.every(({ init }) => isOfTorch(init));
  return isTorch ? { generator: 'torch', ...spec } : spec;
}

/** Of every third model some tensors are kept. */
const KEEPS = 3;

/**
 * @param key  a model's number, or a name
 * @returns    the spec with some of its tensors kept, and the spec of the checkpoint that they are kept of, if any are
 */
function keepSome(key, spec) {
  if (typeof key !== 'number' || key % KEEPS > 0) return { spec };
  const random = makeRandom(key);
  const tensors = spec.tensors.map((tensor) => {
    const { name, shape } = tensor;
    return random.chance(0.5) ? { name, shape, init: { kind: 'keep' } } : tensor;
  });
  if (tensors.every(({ init }) => init.kind !== 'keep')) return { spec };
  return { spec: { ...spec, tensors }, source: { ...spec, seed: spec.seed + 5000 } };
}

function makeAnySpec(random) {
  const tensors = Array.from({ length: 1 + random.below(6) }, (_, i) => makeTensor(`t.${i}`, random));
  const bytes = tensors.map(({ shape, dtype }) => shape.reduce((a, b) => a * b, WIDTHS[dtype]));
  const total = bytes.reduce((a, b) => a + b, 0);
  // One file, or at most about five; with a limit below the largest tensor too.
  const shardSize = random.chance(0.35) ? undefined : Math.ceil(total / (1.5 + random.below(4)));
  return { seed: 1 + random.below(1000), ...(shardSize && { shard_size: shardSize }), tensors };
}

function makeTensor(name, random) {
  if (random.chance(0.15)) {
    const shape = [8 + random.below(300), 8 + random.below(300)];
    return { name, shape, dtype: 'int8', init: CODES };
  }
  const dtype = random.pick(FLOATS);
  if (random.chance(0.3)) {
    const shape = random.pick([
      [64, 16, 3, 3],
      [1 + random.below(400), 1 + random.below(400)],
    ]);
    return { name, shape, dtype, init: random.pick(FANNED) };
  }
  // Now and then several chunks, no elements, or a single number.
  const shape = random.pick([
    [1 + random.below(500), 1 + random.below(500)],
    [1 + random.below(100_000)],
    [1 + random.below(100_000)],
    [2 ** 18 + random.below(2 ** 18)],
    random.pick([[], [0], [1]]),
  ]);
  return { name, shape, dtype, init: random.pick(PLAIN) };
}

/** Kept references: cases of one model are consecutive, and some models are fixed. */
const KEPT = 8;

/** The files that unbroken runs write. */
export class References {
  #made = new Map();

  constructor(cli, folder) {
    this.cli = cli;
    this.folder = folder;
  }

  /**
   * @param key  a model's number, or a name for the spec that is given
   * @returns    `init`: the command that writes the model; `after` and `before`: its files, and those of an older one with another seed; the
   *             `calls` and the `elapsedMs` of a run
   */
  async find(key, spec = makeSpec(key)) {
    if (!this.#made.has(key)) {
      const made = await this.#make(join(this.folder, String(key)), keepSome(key, spec));
      this.#made.set(key, made);
    }
    for (const old of [...this.#made.keys()].slice(0, -KEPT)) this.#made.delete(old);
    return this.#made.get(key);
  }

  async #make(folder, { spec, source }) {
    const [log, after, before, kept] = ['calls', 'after', 'before', 'kept'].map((name) => join(folder, name));
    for (const path of [after, before, kept]) mkdirSync(path, { recursive: true });
    const save = (name, value) => {
      writeFileSync(join(folder, name), JSON.stringify(value));
      return join(folder, name);
    };
    const init = ['init', save('spec.json', spec), ...(source === undefined ? [] : ['--like', kept])];
    if (source !== undefined) await this.#write(['init', save('source.json', source)], kept, []);
    const startedAt = performance.now();
    await this.#write(init, after, ['--resume'], { log });
    const elapsedMs = performance.now() - startedAt;
    await this.#write(init, before, ['--seed', String(spec.seed + 1000)]);
    const files = { after: readFiles(after), before: readFiles(before) };
    if (files.after.size === 0)
      throw new Fault('stuck', `nothing was written, with exit 0: ${init.join(' ')}`);
    for (const path of [after, before]) rmSync(path, { recursive: true });
    return { init, ...files, calls: countCalls(log), elapsedMs };
  }

  async #write(init, folder, options, breaks) {
    const parameters = [...init, '--out', join(folder, OUT), '--quiet', ...RECORD, ...options];
    const run = new Run(this.cli, parameters, breaks);
    await run.finished();
    mustSucceed(run, 'an unbroken run');
  }
}

/** Reads a log of signal-at.mjs: the number of calls of the main thread, and of the busiest worker. */
export function countCalls(log) {
  const lines = readFileSync(log, 'utf8').split('\n');
  const most = (thread) =>
    Math.max(
      0,
      ...lines.filter((line) => line.startsWith(`${thread} `)).map((line) => Number(line.split(' ')[1])),
    );
  return { main: most('main'), worker: most('worker') };
}

/** Picks any call of a run. */
export function pickPoint({ main, worker }, random) {
  const when = random.chance(0.5) ? 'before' : 'after';
  if (worker > 0 && random.chance(0.25)) return `worker ${1 + random.below(worker)} ${when}`;
  return `main ${1 + random.below(main)} ${when}`;
}
