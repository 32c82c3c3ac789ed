/**
 * Draws and tests: every sample alone, then neighbours, names, seeds and blocks against each other, then whole matrices.
 * @module
 */
import { normal, SharedTensor, toFloat32, uniform, type Dtype, type Engine, type InitInput } from 'jumpfill';
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import type { ValueResult } from '../results/results.js';
import { QUALITY_SEED } from '../streams/arrangement.js';
import { SAMPLES, SHAPE } from './samples.js';
import { edgeOf, testEdges } from './tracy-widom.js';
import {
  chiSquare,
  countCells,
  furthest,
  lagScore,
  testMoments,
  testPairs,
  type Finding,
} from './value-tests.js';

export type Report = (result: ValueResult) => void;

interface Drawn {
  readonly init: InitInput;
  readonly shape: readonly number[];
  readonly dtype?: Dtype;
  readonly name: string;
  readonly seed?: bigint;
  readonly offset?: number;
}

/** Drawn values as numbers. */
async function draw(
  engine: Engine,
  { init, shape, dtype = 'float32', name, seed = QUALITY_SEED, offset = 0 }: Drawn,
): Promise<Float32Array | Float64Array> {
  const tensor = SharedTensor.empty(shape, { dtype, name });
  await engine.fill(tensor, init, { seed, offset });
  return tensor.data instanceof Float64Array ? tensor.data : toFloat32(tensor);
}

const named = (test: string, of: string, finding: Finding): ValueResult => ({ test, of, ...finding });

export async function testValues(engine: Engine, report: Report): Promise<void> {
  await testSamples(engine, report);
  await testLags(engine, report);
  await testNeighbours(engine, report);
  await testMatrices(engine, report);
}

async function testSamples(engine: Engine, report: Report): Promise<void> {
  for (const { of, dtype, init, cells, moments } of SAMPLES) {
    const values = await draw(engine, { init, shape: SHAPE, dtype, name: of });
    const table = cells();
    report(named('cells', of, chiSquare(countCells(values, table), table.shares, values.length)));
    if (moments !== undefined) report(named('moments', of, testMoments(values, moments())));
  }
}

const SYMMETRIC = uniform({ low: -1, high: 1 });
const PAIRS = [2 ** 24];

/** Elements of one lane, of one step, of neighbouring blocks. */
const LAGS = [...Array.from({ length: 64 }, (_, i) => i + 1), 128, 4096, BLOCK_ELEMENTS, 2 * BLOCK_ELEMENTS];

async function testLags(engine: Engine, report: Report): Promise<void> {
  for (const dtype of ['float32', 'float64'] as const) {
    const values = await draw(engine, { init: SYMMETRIC, shape: PAIRS, dtype, name: 'lags' });
    const scores = LAGS.map((lag) => lagScore(values, lag, 1 / 3));
    report(named('lags', `uniform, ${dtype}`, furthest(scores, `${LAGS.length} lags from 1 to 131,072`)));
  }
}

/** Two uniforms that must be independent, in cells of a square. */
async function testNeighbours(engine: Engine, report: Report): Promise<void> {
  const from = (drawn: Partial<Drawn>): Promise<Float32Array | Float64Array> =>
    draw(engine, { init: SYMMETRIC, shape: PAIRS, name: 'pairs', ...drawn });
  const values = await from({});
  const next = (distance: number): Promise<Float32Array | Float64Array> => from({ offset: distance });
  for (const distance of [1, 2, 16, BLOCK_ELEMENTS])
    report(named('pairs', `uniform, elements ${distance} apart`, testPairs(values, await next(distance))));
  report(named('pairs', 'uniform, two names', testPairs(values, await from({ name: 'pairs2' }))));
  report(
    named('pairs', 'uniform, consecutive seeds', testPairs(values, await from({ seed: QUALITY_SEED + 1n }))),
  );
}

const EDGE_ROWS = 2048;
const EDGE_MATRICES = 24;

async function testMatrices(engine: Engine, report: Report): Promise<void> {
  for (const dtype of ['float32', 'float64'] as const) {
    const edges: number[] = [];
    for (let i = 0; i < EDGE_MATRICES; i++) {
      const drawn = { init: normal({ std: 1 }), shape: [EDGE_ROWS, EDGE_ROWS], dtype, name: `matrix.${i}` };
      edges.push(edgeOf(await draw(engine, drawn), EDGE_ROWS));
    }
    report(named('Tracy-Widom', `normal ${EDGE_ROWS} by ${EDGE_ROWS}, ${dtype}`, testEdges(edges)));
  }
}
