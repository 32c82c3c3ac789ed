/**
 * Orthogonal matrices: jumpfill's threads against torch's LAPACK and the QR decompositions of JavaScript libraries, and the share of this
 * machine's peak.
 * @module
 */
import { cutOf } from '#built/domain/matrices/panels.js';
import type { OrthogonalDraw } from '#built/domain/draws/orthogonal-draw.js';
import { planChunks } from '#built/domain/partition/chunks.js';
import { DEFAULT_GENERATOR, GENERATORS } from '#built/domain/streams/generators.js';
import type { Coordinator } from '#built/engine/jobs/coordinator.js';
import type { Job } from '#built/engine/jobs/protocol.js';
import { figureOf, type Answer, type Figure, type GridRow, type LeftOut } from '../../measure/answer.js';
import { checkRange, readIn } from '../../measure/check.js';
import { clock } from '../../measure/contest.js';
import { nameThreads } from '../../measure/numbers-in-text.js';
import type { Scale } from '../../measure/scale.js';
import { openCoordinator } from '../../contestants/engine-jobs.js';
import { measurePeak, measureProducts, PRECISIONS } from '../../contestants/simd-arithmetic.js';
import { allocateOwn, SEED, type OwnTensor } from '../../contestants/subjects.js';
import {
  JAVASCRIPT_PEERS,
  timeJavaScript,
  timeTorch,
  type PeerTimes,
  type Shape,
} from '../../peers/orthogonal.js';

interface Work extends Shape {
  readonly runs: number;
  readonly javaScript: readonly JavaScriptPeer[];
}

type JavaScriptPeer = keyof typeof JAVASCRIPT_PEERS;

const ML_MATRIX = 'ml-matrix QrDecomposition';
const TENSORFLOW = 'TensorFlow.js linalg.qr';

/** TensorFlow.js would take minutes for 1024 x 1024. */
const WORKS: readonly Work[] = [
  { rows: 256, columns: 256, runs: 15, javaScript: [ML_MATRIX, TENSORFLOW] },
  { rows: 1024, columns: 1024, runs: 25, javaScript: [ML_MATRIX] },
  { rows: 4096, columns: 4096, runs: 3, javaScript: [] },
  { rows: 8192, columns: 8192, runs: 1, javaScript: [] },
  { rows: 32_768, columns: 1024, runs: 3, javaScript: [] },
];

const QUICK: readonly Work[] = [
  { rows: 40, columns: 40, runs: 1, javaScript: [ML_MATRIX, TENSORFLOW] },
  { rows: 130, columns: 64, runs: 1, javaScript: [] },
];

/** Runs of a peer in JavaScript, which takes seconds. */
const JAVASCRIPT_RUNS = 2;

export async function answer(scale: Scale): Promise<Answer> {
  const leftOut: LeftOut[] = [];
  const threads = [...new Set([1, scale.threads])];
  const rates = await measureRates(scale.isQuick ? 1 : 50);
  const rows: GridRow[] = [];
  for (const work of scale.isQuick ? QUICK : WORKS) rows.push(await timeWork(work, threads, leftOut));
  const ofThreads = (what: string): string[] => threads.map((count) => `${what}, ${nameThreads(count)}`);
  return {
    tables: [
      { kind: 'figures', title: 'Multiplications and additions, one thread', rows: rates },
      {
        kind: 'grid',
        title: 'Orthogonal matrices of float32, ms',
        columns: [
          ...ofThreads('jumpfill'),
          ...ofThreads('jumpfill, GFLOP/s'),
          ...ofThreads('torch'),
          ...Object.keys(JAVASCRIPT_PEERS),
        ],
        rows,
      },
    ],
    notes: [
      'The least of the runs: this is arithmetic, and whatever else runs only adds to it. Whole jobs, threads started before.',
      'GFLOP/s count the multiplications and additions of the reflections of vectors of falling length, 4/3 n^3 for a square; of a tall matrix 2 m n^2.',
      'torch draws normals on one thread, and its LAPACK decomposes. JavaScript libraries decompose a matrix of normals on one thread; TensorFlow.js would take minutes for the larger ones.',
    ],
    leftOut: leftOut.filter(
      ({ what, why }, i) => leftOut.findIndex((other) => other.what === what && other.why === why) === i,
    ),
  };
}

async function measureRates(runs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [dtype, precision] of Object.entries(PRECISIONS)) {
    const peak = await measurePeak(precision, runs);
    const { add, subtract } = measureProducts(precision, runs);
    const most = Math.max(...peak);
    const ofPeak = (rates: readonly number[]): string =>
      `${(Math.max(...rates) / most).toFixed(2)} of the peak`;
    figures.push(
      figureOf(`${dtype}: peak, in registers`, 'GFLOP/s', peak),
      figureOf(`${dtype}: products, W = V^T X`, 'GFLOP/s', add, ofPeak(add)),
      figureOf(`${dtype}: products, X - V Z`, 'GFLOP/s', subtract, ofPeak(subtract)),
    );
  }
  return figures;
}

async function timeWork(work: Work, threads: readonly number[], leftOut: LeftOut[]): Promise<GridRow> {
  const { rows, columns, runs } = work;
  const least = (what: string, times: PeerTimes): number | undefined => {
    if (times.kind === 'timed') return Math.min(...times.ms);
    leftOut.push({ what, why: times.why });
    return undefined;
  };
  const ours = await timeOurs(work, threads);
  const torch = threads.map((count) => least('torch', timeTorch(work, count, runs)));
  const javaScript: (number | undefined)[] = [];
  for (const name of Object.keys(JAVASCRIPT_PEERS) as JavaScriptPeer[]) {
    const isTimed = work.javaScript.includes(name);
    javaScript.push(isTimed ? least(name, await timeJavaScript(name, work, JAVASCRIPT_RUNS)) : undefined);
  }
  const rates = ours.map((ms) => countOperations(work) / ms / 1e6);
  return { label: `${rows} x ${columns}`, values: [...ours, ...rates, ...torch, ...javaScript] };
}

/** Multiplications and additions. */
function countOperations({ rows, columns }: Shape): number {
  if (rows > columns) return 2 * rows * columns ** 2;
  let sum = 0;
  for (let k = 0; k < rows; k++) sum += 4 * (rows - k) * (columns - k);
  return sum;
}

async function timeOurs({ rows, columns, runs }: Work, threads: readonly number[]): Promise<number[]> {
  const tensor = allocateOwn(rows * columns);
  const draw: OrthogonalDraw = {
    kind: 'orthogonal',
    dtype: 'float32',
    root: GENERATORS[DEFAULT_GENERATOR].root(SEED, 'orthogonal'),
    matrix: { rows, columns, gain: 1, first: 0 },
  };
  const times: number[] = [];
  let first: Buffer | undefined;
  for (const count of threads) {
    const coordinator = openCoordinator(count);
    tensor.data.fill(NaN);
    times.push(await leastTime(coordinator, tensor, draw, runs));
    await coordinator.destroy();
    const bytes = Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
    if (first === undefined) checkFirstRow(draw, tensor);
    else if (!first.equals(bytes)) throw new Error(`${nameThreads(count)}: other bytes than one thread's`);
    first ??= Buffer.from(bytes);
  }
  return times;
}

async function leastTime(
  coordinator: Coordinator,
  tensor: OwnTensor,
  draw: OrthogonalDraw,
  runs: number,
): Promise<number> {
  const sample: number[] = [];
  // The first run starts the threads, and has V8 compile.
  for (let run = 0; run <= runs; run++)
    sample.push(await clock(() => coordinator.run(jobOf(tensor, { ...draw }))));
  return Math.min(...sample.slice(1));
}

function jobOf(tensor: OwnTensor, draw: OrthogonalDraw): Job {
  const target = {
    kind: 'memory',
    buffer: tensor.memory.buffer,
    memory: tensor.memory,
    byteOffset: tensor.data.byteOffset,
  } as const;
  const extent = { offset: 0, elementCount: tensor.length, cut: cutOf(draw, draw.dtype) };
  return { chunks: planChunks([extent]), tensors: [{ kind: 'draw', draw, target }] };
}

/** A row of a wide matrix takes few reflections where it is the first; one of a tall matrix takes all, minutes in the specification. */
function checkFirstRow(draw: OrthogonalDraw, tensor: OwnTensor): void {
  const { rows, columns } = draw.matrix;
  if (rows > columns && rows * columns > 2 ** 20) return;
  checkRange('jumpfill', { draw }, 0, readIn(tensor.data)(0, columns));
  const sum = tensor.data.subarray(0, columns).reduce((total, value) => total + value * value, 0);
  if (Math.abs(sum - 1) > 1e-3 && rows <= columns)
    throw new Error(`The first row has the length ${Math.sqrt(sum)}`);
}
