/**
 * Verifies a checkpoint: every element is drawn again, or read where it was kept of, and compared with the files.
 * @module
 */
import { checkPath } from '../../base/option-checks.js';
import { checkAt, ValueError } from '../../base/errors.js';
import { sumOf } from '../../base/sum.js';
import { checkKeys, show } from '../../base/wording.js';
import { placeTensors } from '../../domain/recipes/draws.js';
import { DEFAULT_GENERATOR } from '../../domain/streams/generators.js';
import { checkSeed, IN_OPTIONS } from '../../domain/streams/seed.js';
import { randomSeed } from '../../engine/host/random-seed.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import { openCheckpointFiles, type HeadersRead } from '../read/checkpoint-files.js';
import {
  checkGeneratorHasSpec,
  resolveExpectedModel,
  type ExpectedModelOptions,
} from '../read/expected-model.js';
import { checkTensors, countChecked, countCheckedBytes, planCheck, type Sample } from './check-tensors.js';
import { compareFacts, compareGenerators } from './compare-facts.js';
import { compareSamples, findKeptOf, openLike, wantedOf } from './kept-checks.js';
import { matchTensors } from './match-tensors.js';
import type { VerifyReport } from './verify-report.js';

export interface VerifyCheckpointOptions extends RunOptions, ExpectedModelOptions {
  /** Path of the checkpoint that tensors were kept of: they are compared with it. Without it their first and last bytes are, and a warning says so. */
  readonly like?: string | undefined;
  /** Called before the first header of `like` is read and after each. */
  readonly onHeaders?: ((read: HeadersRead) => void) | undefined;
  /** Check only this share of the blocks, above 0 and at most 1, at random; at least one block of each tensor. */
  readonly sample?: number | undefined;
  /** Chooses the blocks. @defaultValue random, and reported */
  readonly sampleSeed?: number | bigint | undefined;
  /** Check only these. */
  readonly tensors?: readonly string[] | undefined;
}

const OPTION_KEYS = [
  'spec',
  'seed',
  'generator',
  'like',
  'onHeaders',
  'sample',
  'sampleSeed',
  'tensors',
  'signal',
  'onProgress',
] as const;

/** @throws see Engine.verifyCheckpoint */
export async function verify(
  coordinator: Coordinator,
  { threads }: { readonly threads: number },
  path: string,
  options: VerifyCheckpointOptions,
): Promise<VerifyReport> {
  const startedAt = performance.now();
  const sample = checkOptions(path, options);
  const checkpoint = await openCheckpointFiles(path, { allowAbsent: true });
  const like = options.like === undefined ? undefined : await openLike(options.like, options);
  const expected = resolveExpectedModel(checkpoint, { ...options, shapes: like?.shapes });
  const source = { generator: expected.model.generator, seed: expected.seed };
  const model = { ...expected.model, tensors: placeTensors(source, expected.model.tensors) };
  const { matched, missing } = matchTensors(checkpoint, { ...expected, model }, options.tensors);
  const kept = await findKeptOf(like, matched, expected);
  const checks = matched.flatMap((tensor) => {
    const wanted = wantedOf(tensor, source, kept.bytes);
    return wanted === undefined ? [] : [planCheck(tensor, wanted, sample)];
  });
  const differences = await checkTensors(coordinator, checkpoint, checks, options);
  const samples = await compareSamples(checkpoint, kept.unsourced, expected.own, options.signal);
  const metadataDifferences = [
    ...compareGenerators(expected.own, source.generator),
    ...matched.flatMap((tensor) => compareFacts(tensor, expected.own)),
    ...samples.differences,
  ];
  const metadataFault = expected.own.kind === 'damaged' ? expected.own.error.found : undefined;
  return {
    path: checkpoint.path,
    equal:
      differences.length + metadataDifferences.length + missing.length === 0 && metadataFault === undefined,
    generator: source.generator,
    seed: String(source.seed),
    threads,
    checkedElements: sumOf(checks, countChecked) + sumOf(samples.whole, ({ model }) => model.elementCount),
    checkedBytes: sumOf(checks, countCheckedBytes) + sumOf(samples.whole, ({ stored }) => stored.byteLength),
    totalBytes: sumOf(checkpoint.tensors.values(), ({ byteLength }) => byteLength),
    elapsedMs: performance.now() - startedAt,
    differences,
    metadataDifferences,
    missing,
    unchecked: samples.unchecked,
    warnings: [...checkpoint.warnings, ...kept.warnings, ...samples.warnings],
    ...(metadataFault !== undefined && { metadataFault }),
    ...(sample && { sampleSeed: String(sample.seed) }),
  };
}

function checkOptions(path: unknown, options: VerifyCheckpointOptions): Sample | undefined {
  checkKeys(options, OPTION_KEYS, 'verifyCheckpoint', 'BAD_OPTION');
  checkRunOptions(options, 'verifyCheckpoint');
  const { spec, generator, sample, sampleSeed, tensors } = options;
  const refuse = (found: string, remedy: string): ValueError =>
    new ValueError('BAD_OPTION', `verifyCheckpoint: ${found}.`, remedy);
  checkPath(path, 'verifyCheckpoint: the path');
  checkGeneratorHasSpec(spec, generator, 'verifyCheckpoint');
  const isNames = Array.isArray(tensors) && tensors.every((name) => typeof name === 'string');
  if (tensors !== undefined && !isNames)
    throw refuse(`tensors is ${show(tensors)}`, 'Pass an array of names.');
  if (sample === undefined) {
    if (sampleSeed === undefined) return undefined;
    throw refuse('there is a sampleSeed, but no sample', 'Pass both or neither.');
  }
  if (!(typeof sample === 'number' && sample > 0 && sample <= 1)) {
    throw refuse(`sample is ${show(sample)}`, 'Pass a share of the blocks, above 0 and at most 1.');
  }
  return { fraction: sample, seed: sampleSeed === undefined ? randomSeed() : checkSampleSeed(sampleSeed) };
}

/** No choice of a generator goes with it. */
const checkSampleSeed = (seed: unknown): bigint =>
  checkAt('verifyCheckpoint: sampleSeed', () =>
    checkSeed(seed, DEFAULT_GENERATOR, { ...IN_OPTIONS, other: undefined }),
  );
