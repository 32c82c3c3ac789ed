/**
 * Which kernels fill: the fastest that this process can run and that agree with the specification.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SPECIFICATION, type KernelCode, type KernelSet } from './filler.js';
import { checkRevectorizer, compileRevectorized, compileSimd, type SimdCode } from './simd/code.js';
import { SimdFiller } from './simd/filler.js';
import { findDifference } from './simd/self-check.js';

const TRIAL = new URL('./simd/trial.js', import.meta.url);

export interface KernelChoice {
  /** False: the specification, whatever the machine could do. */
  readonly simd: boolean;
  /** Try V8's experimental revectorizer first. */
  readonly revectorize: boolean;
}

/** Tried and found good, or undefined: once, whatever the number of engines. (A user's own threads each have their own.) */
const verdicts = new Map<KernelSet, SimdCode | undefined>();

/**
 * The first call compiles and checks: some 10 ms, most of it V8 warming to the specification; with the revectorizer 100 ms more, for a
 * trial process. Kernels that cannot be used are warned of once.
 */
export function chooseKernels({ simd, revectorize }: KernelChoice): KernelCode {
  if (!simd) return SPECIFICATION;
  const revectorized = revectorize
    ? tryOnce('simd-revectorized', compileAfterTrial, 'the plain SIMD kernels are used instead')
    : undefined;
  return revectorized ?? tryOnce('simd', compileSimd, 'the scalar kernels are used instead') ?? SPECIFICATION;
}

function tryOnce(name: KernelSet, compile: () => SimdCode, consequence: string): SimdCode | undefined {
  if (verdicts.has(name)) return verdicts.get(name);
  const outcome = attempt(compile);
  const code = typeof outcome === 'string' ? undefined : outcome;
  verdicts.set(name, code);
  if (typeof outcome === 'string')
    warn(`The ${name} kernels of jumpfill cannot be used`, outcome, consequence);
  return code;
}

function warn(found: string, reason: string, consequence: string): void {
  const message = `${found}: ${reason.replace(/\.$/, '')}. Same bytes, less speed: ${consequence}.`;
  process.emitWarning(message, { code: 'JUMPFILL_SLOW_KERNELS' });
}

const warned = new Set<KernelSet>();

/** Kernels that were good here could not be set up on another thread: said once. */
export function warnOfFallback(name: KernelSet, reason: string | undefined): void {
  if (reason === undefined || warned.has(name)) return;
  warned.add(name);
  warn(`The ${name} kernels of jumpfill cannot be used on a thread`, reason, 'its scalar kernels fill there');
}

/** Far more than compiling and checking takes. */
const TRIAL_TIMEOUT_MS = 10_000;

/** @throws {Error} there is no revectorizer, or the trial process came to no good end */
function compileAfterTrial(): SimdCode {
  checkRevectorizer();
  const { status, signal, error, stderr } = spawnSync(process.execPath, [fileURLToPath(TRIAL)], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TRIAL_TIMEOUT_MS,
    // What a user's NODE_OPTIONS load or wait for is no part of it.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (error !== undefined) throw new Error(`the trial process: ${error.message}`);
  if (status === 0) return compileRevectorized();
  const said = /^(?:Error: |# )(?!Fatal)(.+)$/m.exec(stderr)?.[1];
  throw new Error(said ?? `the trial process ended with ${signal ?? `code ${status}`}`);
}

/** The code if it may be trusted, else why not. */
function attempt(compile: () => SimdCode): SimdCode | string {
  try {
    const code = compile();
    return findDifference(new SimdFiller(code, 0)) ?? code;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
