/**
 * Measures how orthogonal the orthogonal matrices are: the largest |Q Q^T - I|, or |Q^T Q - I| of a tall one, in units of the carrier's
 * epsilon. The engine draws them, whose bytes are the specification's. Of large ones a sample of rows (columns) is multiplied
 * with all, and every one with itself.
 *
 *     npm run fit -- orthogonal [seed]
 * @module
 */
import { at } from '#built/base/at.js';
import { Engine } from '#built/index.js';
import { range } from './range.js';
import { largestDefect, type Vectors } from './reference/gram.js';

type Precision = 'float32' | 'float64';
type Work = readonly [dtype: Precision, rows: number, columns: number];

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;
/** Multiplications and additions of a measurement, at most; doubles take three each. */
const MOST = { float32: 2 ** 31, float64: 2 ** 31 / 3 } as const;
/** Small matrices are many: the largest figure of all. */
const SMALL_MATRICES = 10_000;

const WORKS: readonly Work[] = [
  ...[64, 256, 1024, 2048, 4096, 8192].map((size) => ['float32', size, size] as const),
  ['float32', 1024, 4096],
  ['float32', 4096, 1024],
  ['float32', 1025, 1024],
  ['float32', 32_768, 1024],
  ...[64, 256, 1024, 2048].map((size) => ['float64', size, size] as const),
  ['float64', 1024, 4096],
  ['float64', 4096, 1024],
  ['float64', 1025, 1024],
  ['float64', 32_768, 1024],
];

export async function run(seed = 1): Promise<void> {
  await using engine = new Engine();
  for (const [dtype, rows, columns] of WORKS) {
    const values = await draw(engine, [dtype, rows, columns], [rows, columns], seed);
    const vectors = vectorsOf(values, rows, columns);
    const sample = sampleOf(dtype, vectors);
    const units = largestDefect(vectors, sample) / EPSILON[dtype];
    const how =
      sample.length < vectors.count ? `${sample.length} of ${vectors.count} against all, all norms` : 'all';
    console.log(`${dtype} ${rows} x ${columns}: ${units.toFixed(2)} (${how})`);
  }
  for (const dtype of ['float32', 'float64'] as const)
    for (const [rows, columns] of [
      [8, 8],
      [4, 4],
      [8, 3],
    ] as const)
      console.log(
        `${dtype} ${SMALL_MATRICES} of ${rows} x ${columns}: ${(await measureSmall(engine, [dtype, rows, columns], seed)).toFixed(2)}`,
      );
}

/** A matrix, or the first dimension's many. */
async function draw(
  engine: Engine,
  [dtype]: Work,
  shape: readonly number[],
  seed: number,
): Promise<Float32Array | Float64Array> {
  const init = { kind: 'orthogonal', ...(shape.length > 2 && { batch_axis: 0 }) } as const;
  const spec = { seed, tensors: [{ name: 'matrix', dtype, shape: [...shape], init }] };
  const end = shape.reduce((product, size) => product * size, 1);
  const { data } = await engine.drawSlice(spec, { name: 'matrix', start: 0, end });
  return data as Float32Array | Float64Array;
}

async function measureSmall(engine: Engine, work: Work, seed: number): Promise<number> {
  const [dtype, rows, columns] = work;
  const values = await draw(engine, work, [SMALL_MATRICES, rows, columns], seed);
  const size = rows * columns;
  const defects = range(SMALL_MATRICES, (i) => {
    const vectors = vectorsOf(values.subarray(i * size, (i + 1) * size), rows, columns);
    return largestDefect(
      vectors,
      range(vectors.count, (v) => v),
    );
  });
  return defects.reduce((a, b) => Math.max(a, b)) / EPSILON[dtype];
}

/** The rows, or the columns of a tall matrix. */
function vectorsOf(values: Float32Array | Float64Array, rows: number, columns: number): Vectors {
  if (rows <= columns) return { values, count: rows, length: columns };
  const turned = values.map((_, i) => at(values, (i % rows) * columns + Math.floor(i / rows)));
  return { values: turned, count: columns, length: rows };
}

/** Evenly spread, the first among them. */
function sampleOf(dtype: Precision, { count, length }: Vectors): number[] {
  const size = Math.min(count, Math.floor(MOST[dtype] / (count * length)));
  return range(size, (i) => Math.floor((i * count) / size));
}
