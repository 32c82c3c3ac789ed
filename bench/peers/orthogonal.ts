/**
 * Peers that make orthogonal matrices by the QR decomposition of a normal matrix: torch, and JavaScript libraries on one thread.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathInBench } from '../measure/folders.js';
import { pythonPath } from './python.js';

/** Times of runs, or why there are none. */
export type PeerTimes =
  | { readonly kind: 'timed'; readonly version: string; readonly ms: readonly number[] }
  | { readonly kind: 'left out'; readonly why: string };

export interface Shape {
  readonly rows: number;
  readonly columns: number;
}

/** torch.nn.init.orthogonal_, in a process of its own. */
export function timeTorch(shape: Shape, threads: number, runs: number): PeerTimes {
  const work = JSON.stringify({ ...shape, threads, runs });
  const script = pathInBench('peers/orthogonal.py');
  const { stdout, error } = spawnSync(pythonPath(), [script, work], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) },
  });
  if (error !== undefined) return { kind: 'left out', why: error.message };
  const result = JSON.parse(stdout || '{"error": "it ended without a word"}') as
    { version: string; ms: number[] } | { error: string };
  return 'error' in result ? { kind: 'left out', why: result.error } : { kind: 'timed', ...result };
}

const requirePeer = createRequire(pathInBench('peers/package.json'));

interface MlMatrix {
  readonly Matrix: new (rows: number, columns: number) => MlMatrixRows;
  readonly QrDecomposition: new (matrix: MlMatrixRows) => { readonly orthogonalMatrix: MlMatrixRows };
}

interface MlMatrixRows {
  get: (row: number, column: number) => number;
  set: (row: number, column: number, value: number) => void;
}

interface TensorFlow {
  readonly enableProdMode: () => void;
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly randomNormal: (shape: number[]) => Tensor;
  readonly linalg: { readonly qr: (matrix: Tensor, full: boolean) => [Tensor, Tensor] };
}

interface Tensor {
  readonly dataSync: () => Float32Array;
  readonly dispose: () => void;
}

/** Box-Muller, one of the pair: its cost is nothing beside the decomposition's. */
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

/** @returns  the product of the first two rows, which shows that it did its work */
type Orthogonalise = (shape: Shape) => number;

interface JavaScriptPeer {
  readonly package: string;
  readonly load: () => Promise<Orthogonalise>;
}

export const JAVASCRIPT_PEERS = {
  'ml-matrix QrDecomposition': {
    package: 'ml-matrix',
    load: () => {
      const { Matrix, QrDecomposition } = requirePeer('ml-matrix') as MlMatrix;
      return Promise.resolve(({ rows, columns }) => {
        const matrix = new Matrix(rows, columns);
        for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) matrix.set(i, j, normal());
        const q = new QrDecomposition(matrix).orthogonalMatrix;
        return dot(columns, (row, column) => q.get(row, column));
      });
    },
  },
  // What its initializers.orthogonal calls.
  'TensorFlow.js linalg.qr': {
    package: '@tensorflow/tfjs-core',
    load: async () => {
      const tf = requirePeer('@tensorflow/tfjs-core') as TensorFlow;
      tf.enableProdMode();
      requirePeer('@tensorflow/tfjs-backend-cpu');
      await tf.setBackend('cpu');
      return ({ rows, columns }) => {
        const [q, r] = tf.linalg.qr(tf.randomNormal([rows, columns]), false);
        const values = q.dataSync();
        q.dispose();
        r.dispose();
        return dot(columns, (row, column) => values[row * columns + column] ?? NaN);
      };
    },
  },
} as const satisfies Readonly<Record<string, JavaScriptPeer>>;

function dot(columns: number, at: (row: number, column: number) => number): number {
  let sum = 0;
  for (let i = 0; i < columns; i++) sum += at(0, i) * at(1, i);
  return sum;
}

/** Runs after a smaller one, which warms up. */
export async function timeJavaScript(
  name: keyof typeof JAVASCRIPT_PEERS,
  shape: Shape,
  runs: number,
): Promise<PeerTimes> {
  const peer = JAVASCRIPT_PEERS[name];
  try {
    // Not by require: a package need not export its package.json.
    const manifest = readFileSync(pathInBench(`peers/node_modules/${peer.package}/package.json`), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    const orthogonalise = await peer.load();
    orthogonalise({ rows: 64, columns: 64 });
    const ms = Array.from({ length: runs }, () => {
      const begin = performance.now();
      const product = orthogonalise(shape);
      const elapsed = performance.now() - begin;
      if (!(Math.abs(product) < 1e-3)) throw new Error(`its first two rows are not orthogonal: ${product}`);
      return elapsed;
    });
    return { kind: 'timed', version, ms };
  } catch (error) {
    return { kind: 'left out', why: String(error).split('\n')[0] ?? '' };
  }
}
