/**
 * torch's own bytes: jumpfill's threads against torch, which draws on one.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { TorchGenerator } from '#built/api/torch-generator.js';
import type { TorchDraw, TorchKernel } from '#built/domain/torch/torch-draw.js';
import type { KernelCode } from '#built/engine/choice/open-filler.js';
import type { SharedTensor } from '#built/engine/memory/shared-tensor.js';
import { figureOf, type Answer, type Figure, type LeftOut, type Table } from '../../measure/answer.js';
import { checkRange, proofIn, readIn } from '../../measure/check.js';
import { clock, clockManyNow, measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { nameThreads } from '../../measure/numbers-in-text.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { KERNEL_SETS } from '../../contestants/kernel-sets.js';
import { openExactly } from '../../contestants/open-exactly.js';
import { allocateOwn, SEED, type OwnTensor } from '../../contestants/subjects.js';
import { PythonLibrary } from '../../peers/python.js';
import { PEER_WORK } from '../../peers/works.js';

const { low, high, std } = PEER_WORK;
const BUDGET_MS = 20_000;
/** Upstream's function takes nine times the memory of its tensor. */
const UPSTREAM_ELEMENTS = 2 ** 24;

interface Work {
  /** What torch is asked to draw. */
  readonly kind: string;
  readonly label: string;
  readonly kernel: TorchKernel;
  readonly mostElements: number;
  readonly fill: (engine: Engine, tensor: SharedTensor, generator: TorchGenerator) => Promise<unknown>;
}

const WORKS: readonly Work[] = [
  {
    kind: 'uniform',
    label: 'jumpfill uniform_',
    kernel: { kind: 'torch_uniform', low, high },
    mostElements: Infinity,
    fill: (engine, tensor, generator) => engine.uniform_(tensor, { low, high, generator }),
  },
  {
    kind: 'normal',
    label: 'jumpfill normal',
    kernel: { kind: 'torch_normal', mean: 0, std },
    mostElements: Infinity,
    fill: (engine, tensor, generator) => engine.fill(tensor, { kind: 'normal', std }, { generator }),
  },
  {
    kind: "upstream's truncated normal",
    label: 'jumpfill truncatedNormal_',
    kernel: { kind: 'torch_truncated_normal', mean: 0, std },
    mostElements: UPSTREAM_ELEMENTS,
    fill: (engine, tensor, generator) => engine.truncatedNormal_(tensor, { std, generator }),
  },
];

export async function answer(scale: Scale): Promise<Answer> {
  const tables: Table[] = [];
  const leftOut: LeftOut[] = [];
  for (const work of WORKS) {
    const small = shrink({ ...scale, budgetMs: scale.isQuick ? 0 : BUDGET_MS }, work.mostElements);
    tables.push(await timeWork(work, small, leftOut));
  }
  const rows = KERNEL_SETS.flatMap((set) => ORDERS.map((order) => timeJumps(set, order, scale.isQuick)));
  tables.push({ kind: 'figures', title: 'A place in the sequence, and 16 elements from there', rows });
  return {
    tables,
    notes: [
      "float32, seed 42: torch's bytes. of torch: the time of torch on one thread over the time of the row. torch draws on one thread however many it has.",
      "A run of jumpfill begins with a new generator, so that all but the first thread jump to their stretch. torch's generator goes on. Bytes are compared with the specification once, which the tests compare with torch.",
    ],
    leftOut,
  };
}

async function timeWork(work: Work, scale: Scale, leftOut: LeftOut[]): Promise<Table> {
  const torch = await PythonLibrary.start('torch', 1);
  const tensor = allocateOwn(scale.elements);
  const engines = [...new Set([1, scale.threads])].map((threads) => new Engine({ threads }));
  const rows = engines.map((engine) => torchRun(engine, tensor, work));
  if (!(torch instanceof PythonLibrary)) leftOut.push({ what: `torch: ${work.kind}`, why: torch.why });
  const contest = torch instanceof PythonLibrary ? measureBy(peerRun(torch, tensor, work), rows) : rows;
  const timed = await runContest(contest, scale);
  await Promise.all(engines.map((engine) => engine.close()));
  if (torch instanceof PythonLibrary) await torch[Symbol.asyncDispose]();
  return {
    kind: 'throughput',
    title: `torch's ${work.kind}, ${scale.elements} elements`,
    rows: timed,
    ratio: 'of torch',
    chart: { kind: 'bars', scale: 'linear' },
  };
}

function peerRun(torch: PythonLibrary, { shape, length }: OwnTensor, { kind }: Work): Contestant {
  const [rows = 1, columns = 1] = shape;
  return {
    ...{ label: `torch ${torch.version}: ${kind}`, role: 'ceiling', threads: 1, elementCount: length },
    run: () => torch.run({ kind, dtype: 'float32', shape: [rows, columns], place: 'warm' }),
  };
}

function torchRun(engine: Engine, tensor: OwnTensor, { label, kernel, fill }: Work): Contestant {
  const { threads } = engine;
  return {
    label: `${label}, ${nameThreads(threads)}`,
    role: 'jumpfill',
    threads,
    elementCount: tensor.length,
    run: () => clock(() => fill(engine, tensor, new TorchGenerator(SEED))),
    proof: proofIn(tensor.data, drawAt(kernel, 0, tensor.length)),
  };
}

const drawAt = (kernel: TorchKernel, firstWord: number, elementCount: number): TorchDraw => ({
  kind: 'torch',
  dtype: 'float32',
  kernel,
  root: [Number(SEED)],
  firstWord,
  elementCount,
});

/** A block of normals, or of words. */
const FEW_ELEMENTS = 16;
const CHUNK_WORDS = 2 ** 18;
/** Odd, so that its multiples modulo a power of two reach every place: Knuth's multiplicative hash, 2^32 / golden ratio. */
const SCATTER = 2_654_435_769;

interface Order {
  readonly label: string;
  readonly word: (call: number) => number;
  readonly calls: number;
}

const ORDERS: readonly Order[] = [
  { label: 'the next words', word: (call) => FEW_ELEMENTS * call, calls: 1000 },
  { label: 'the next chunk but one', word: (call) => 2 * CHUNK_WORDS * call, calls: 50 },
  { label: 'a place anywhere in 2^28 words', word: (call) => (call * SCATTER) % 2 ** 28, calls: 5 },
  { label: 'a place anywhere in 2^53 words', word: (call) => (call * SCATTER * 2 ** 20) % 2 ** 53, calls: 5 },
];

function timeJumps(set: KernelCode, { label, word, calls }: Order, isQuick: boolean): Figure {
  const filler = openExactly(set);
  const tensor = allocateOwn(FEW_ELEMENTS);
  const kernel: TorchKernel = { kind: 'torch_uniform', low, high };
  let call = 0;
  const run = (): void => {
    filler.fillMemory(drawAt(kernel, word(call++), FEW_ELEMENTS), 0, FEW_ELEMENTS, tensor.memory, 0);
  };
  run();
  checkRange(label, { draw: drawAt(kernel, word(0), FEW_ELEMENTS) }, 0, readIn(tensor.data)(0, FEW_ELEMENTS));
  const timed = isQuick ? 2 : calls;
  clockManyNow(timed, run);
  const sample = Array.from({ length: isQuick ? 2 : 11 }, () => clockManyNow(timed, run) * 1000);
  return figureOf(`${label}, ${set.name} kernels`, 'us', sample);
}
