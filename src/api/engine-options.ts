/**
 * The options of an engine, checked.
 * @module
 */
import { checkBoolean } from '../base/option-checks.js';
import { checkKeys, show } from '../base/wording.js';
import { randomSeed } from '../engine/host/random-seed.js';
import type { KernelChoice } from '../engine/choice/kernel-choice.js';
import { countThreads } from '../engine/host/threads.js';
import { ValueError } from '../base/errors.js';
import { checkStreamSeed } from './fill-options.js';

export interface EngineOptions {
  /**
   * The most threads. If given, they also do an engine's first fills, as far as these have more than a chunk.
   * @defaultValue the processors this process may use: affinity, the cgroup's quota and SLURM_CPUS_PER_TASK count
   */
  readonly threads?: number | undefined;
  /** Whole number from 0 to 2^64 - 1. @defaultValue 64 random bits */
  readonly seed?: number | bigint | undefined;
  /**
   * False: only the scalar specification kernels, with the same bytes. @defaultValue true, unless the environment has
   * `JUMPFILL_SIMD=0`
   */
  readonly simd?: boolean | undefined;
  /**
   * Compile the transforms with V8's experimental wasm revectorizer (Node 24 and later): the truncated normal takes two thirds of the
   * time. Tried in a process of its own first, which holds the first fill up by 100 ms. @defaultValue false, unless the
   * environment has `JUMPFILL_REVECTORIZE=1`
   */
  readonly revectorize?: boolean | undefined;
}

/** The options with their defaults. */
export interface EngineSettings {
  readonly threads: number;
  /** The caller chose no number: first fills may stay on the calling thread (small-jobs.ts). */
  readonly sparesThreads: boolean;
  /** A random one is drawn when it is first asked for: until then node:crypto need not load. */
  readonly seed: bigint;
  /** The caller chose no seed. */
  readonly isSeedRandom: boolean;
  readonly kernels: KernelChoice;
}

/** @throws {ValueError} BAD_OPTION, BAD_SEED */
export function readSettings(options: EngineOptions): EngineSettings {
  checkKeys(options, ['threads', 'seed', 'simd', 'revectorize'], 'Engine', 'BAD_OPTION');
  const threads = options.threads === undefined ? countThreads() : checkThreads(options.threads);
  let seed = options.seed === undefined ? undefined : checkStreamSeed(options.seed);
  return {
    threads,
    sparesThreads: options.threads === undefined,
    get seed() {
      return (seed ??= randomSeed());
    },
    isSeedRandom: options.seed === undefined,
    kernels: checkKernelChoice(options),
  };
}

/** More would be a typo, and each thread costs a stack and a heap. */
const MAX_THREADS = 1024;

function checkThreads(threads: unknown): number {
  if (typeof threads === 'number' && Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)
    return threads;
  const remedy = `The number of threads must be a whole number from 1 to ${MAX_THREADS}.`;
  throw new ValueError('BAD_OPTION', `Engine: threads is ${show(threads)}.`, remedy);
}

function checkKernelChoice({ simd, revectorize }: EngineOptions): KernelChoice {
  return {
    simd: simd === undefined ? readSwitch('JUMPFILL_SIMD', true) : checkBoolean(simd, 'Engine: simd'),
    revectorize:
      revectorize === undefined
        ? readSwitch('JUMPFILL_REVECTORIZE', false)
        : checkBoolean(revectorize, 'Engine: revectorize'),
  };
}

/** Reads an environment variable that is 0 or 1; unset or empty, it leaves the default. */
function readSwitch(variable: string, otherwise: boolean): boolean {
  const value = process.env[variable] ?? '';
  if (value === '') return otherwise;
  if (value === '0' || value === '1') return value === '1';
  throw new ValueError(
    'BAD_OPTION',
    `The environment variable ${variable} is ${show(value)}.`,
    'Set it to 0 or 1.',
  );
}
