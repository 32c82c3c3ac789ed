/** Sequences of fills from one generator of torch's: each kind, small tensors between the large ones, so that normals are carried over. */
import {
  normal,
  SharedTensor,
  TorchGenerator,
  truncatedNormal,
  uniform,
  wage,
  type AnyTensor,
  type Engine,
  type InitInput,
} from 'jumpfill';
import { sha256 } from './bytes.js';

export type TorchDtype = 'float32' | 'float64' | 'float16' | 'bfloat16';
export const TORCH_DTYPES = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
] as const satisfies readonly TorchDtype[];

export interface TorchCall {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: TorchDtype;
  readonly init: InitInput;
}

const MOMENTS = { mean: -0.5, std: 1.25 };

/**
 * All kinds of draws, in one dtype.
 * @param length  of the large ones, more or less
 */
export const torchCalls = (dtype: TorchDtype, length: number): readonly TorchCall[] =>
  (
    [
      [[7], normal(MOMENTS)],
      [[length + 5], uniform({ low: -0.1, high: 3 })],
      [[3], truncatedNormal(MOMENTS)],
      [[length - 3], normal(MOMENTS)],
      [[5], normal()],
      [[5, 67], wage({ bits: 4 })],
      [[(length >>> 1) + 1], truncatedNormal({ std: 0.02 })],
      [[length], normal()],
      [[1], normal()],
    ] as const
  ).map(([shape, init], i) => ({ name: `t${i}`, shape, dtype, init }));

const SEED = -42;

export const makeTensor = ({ shape, dtype }: TorchCall): AnyTensor => SharedTensor.empty(shape, { dtype });

/** @returns the SHA-256 of every tensor, and of the state afterwards */
export async function playOneByOne(engine: Engine, calls: readonly TorchCall[]): Promise<readonly string[]> {
  const generator = new TorchGenerator(SEED);
  const hashes: string[] = [];
  for (const call of calls) {
    const { data } = await engine.fill(makeTensor(call), call.init, { generator });
    hashes.push(sha256(data));
  }
  return [...hashes, sha256(generator.getState())];
}

/** The same calls, none of which waits for the one before. */
export async function playAtOnce(engine: Engine, calls: readonly TorchCall[]): Promise<readonly string[]> {
  const generator = new TorchGenerator(SEED);
  const filled = calls.map((call) => engine.fill(makeTensor(call), call.init, { generator }));
  const state = sha256(generator.getState());
  return [...(await Promise.all(filled)).map(({ data }) => sha256(data)), state];
}

/** The same calls as a spec. */
export const torchSpec = (calls: readonly TorchCall[]): object => ({
  generator: 'torch',
  seed: SEED,
  tensors: calls,
});
