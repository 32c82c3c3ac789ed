/**
 * A program that uses the library, for the compiler alone: test/consumers.test.ts compiles it as users' projects would. Every
 * optional option is `undefined` somewhere.
 */
import {
  constant,
  defaultEngine,
  drawSlice,
  Engine,
  fill,
  heNormal,
  JumpfillError,
  normal,
  openCheckpoint,
  SharedTensor,
  truncatedNormal,
  uniform_,
  wage,
  wageInit_,
  writeCheckpoint,
  zeros,
  type EngineOptions,
  type FillOptions,
  type InitInput,
  type ModelSpec,
  type WriteReport,
} from 'jumpfill';

export async function use(seed: number | undefined, signal: AbortSignal): Promise<string> {
  const options: EngineOptions = { threads: undefined, seed, simd: undefined, revectorize: undefined };
  await using engine = new Engine(options);
  const run = { signal: undefined, onProgress: undefined };
  const fillOptions: FillOptions = { seed, name: undefined, offset: undefined, ...run };
  const half: SharedTensor<'float16'> = SharedTensor.empty([4], { dtype: 'float16', name: undefined });
  const init = truncatedNormal({ std: 0.02, low: -Infinity, mean: undefined });
  const filled: SharedTensor<'float16'> = await engine.fill(half, init, fillOptions);
  const weights = SharedTensor.wrap(filled.memory ?? filled.buffer, [4], { step: undefined });
  await fill(weights, heNormal(), { engine, seed, signal });
  await uniform_(filled, { low: 0, high: 1, engine: undefined });
  await wageInit_(weights, 2, { factor: undefined });
  const values: InitInput[] = [normal(), zeros(), constant({ value: 1 }), { kind: 'he_normal' }];

  const spec = {
    default: { init: wage({ bits: 2 }), dtype: undefined },
    rules: undefined,
    tensors: [
      { name: 'w', shape: [4, 4] },
      { name: 'b', shape: [4], init: { kind: 'truncated_normal', high: 'inf' } },
    ],
  } satisfies ModelSpec;
  const report: WriteReport = await writeCheckpoint(spec, { out: 'x', seed, part: undefined });
  const reportedSeed: string = report.seed;
  const checkpoint = await openCheckpoint('x');
  const slice = await drawSlice(checkpoint.spec(), { name: 'w', start: 1, end: undefined });
  try {
    await defaultEngine().close();
  } catch (error) {
    if (error instanceof JumpfillError) return error.code;
  }
  return `${reportedSeed} ${values.length} ${slice.length}`;
}

export const refused = (): unknown[] => [
  // @ts-expect-error there is no such parameter
  normal({ stddev: 1 }),
  // @ts-expect-error bits are required
  wage(),
  // @ts-expect-error zeros have no parameters
  zeros({ value: 1 }),
  // @ts-expect-error a view is not the memory that it views
  SharedTensor.wrap(new Float32Array(4), [4]),
];
