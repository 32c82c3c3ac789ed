/**
 * Which kernels a process fills with: the fastest that it can run and that agree with the specification.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SPECIFICATION, type Filler, type KernelCode, type KernelSet } from './filler.js';
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

/** Tried and found good, or undefined: once in a process, whatever the number of engines. */
const verdicts = new Map<KernelSet, SimdCode | undefined>();

/** The first call compiles and checks (a few milliseconds); a machine without working SIMD is told of once. */
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
  if (typeof outcome === 'string') {
    const message = `The ${name} kernels of jumpfill cannot be used here: ${outcome}. Same bytes, less speed: ${consequence}.`;
    process.emitWarning(message, { code: 'JUMPFILL_SLOW_KERNELS' });
  }
  return code;
}

/** @throws {Error} another process has compiled or run the revectorized kernels, and failed */
function compileAfterTrial(): SimdCode {
  checkRevectorizer();
  const { status, signal, stderr } = spawnSync(process.execPath, [fileURLToPath(TRIAL)], {
    encoding: 'utf8',
  });
  if (status === 0) return compileRevectorized();
  const said = /^(?:Error: |# )(?!Fatal)(.+)$/m.exec(stderr)?.[1];
  throw new Error(said ?? `a trial process ended with ${signal ?? `code ${status}`}`);
}

/** The code if it may be trusted, else why not. */
function attempt(compile: () => SimdCode): SimdCode | string {
  try {
    const code = compile();
    const filler: Filler = new SimdFiller(code);
    return findDifference(filler) ?? code;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
