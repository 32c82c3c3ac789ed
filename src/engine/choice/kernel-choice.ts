/**
 * Chooses the kernels: the fastest that this process can run and that agree with the specification.
 * @module
 */
import { SCRATCH_BYTES } from '../fillers/filler.js';
import { adoptFiller, SPECIFICATION, type KernelCode, type KernelSet } from './open-filler.js';
import { messageOf } from '../../base/errors.js';
import { childProcess, url } from '../host/builtins.js';
import { findOwnFile } from '../host/own-files.js';
import {
  checkRevectorizer,
  compileRevectorized,
  compileSimd,
  withLaterModules,
  type SimdCode,
} from '../simd/code.js';
import { SimdFiller } from '../simd/simd-filler.js';
import type { KernelFamily } from '../simd/check.js';
import { findDifference } from '../simd/self-check.js';

export interface KernelChoice {
  /** False: the specification, even where the machine could do better. */
  readonly simd: boolean;
  /** Try V8's experimental revectorizer first. */
  readonly revectorize: boolean;
}

/** SIMD code that was tried in this process. Its families are checked one by one, when a job first has them. */
type Candidate =
  | { readonly kind: 'unusable' }
  | {
      readonly kind: 'compiled';
      readonly code: SimdCode;
      readonly filler: SimdFiller;
      readonly verdicts: Map<KernelFamily, 'good' | 'bad'>;
    };

/** Shared by all engines of this thread. */
const candidates = new Map<KernelSet, Candidate>();

/**
 * The first call compiles, and each family is checked when it is first asked for: 10 ms for the first, most of it V8 warming to
 * the specification; with the revectorizer 100 ms more, for a trial process. Each cause that makes kernels unusable is warned of once.
 * @param families  the families that a job's kernels belong to
 */
export function chooseKernels(
  { simd, revectorize }: KernelChoice,
  families: Iterable<KernelFamily> = USUAL_FAMILIES,
): KernelCode {
  if (!simd) return SPECIFICATION;
  const wanted = new Set(families);
  const revectorized = revectorize
    ? tryKernels('simd-revectorized', compileAfterTrial, wanted, 'the plain SIMD kernels are used instead')
    : undefined;
  const plain = (): SimdCode | undefined =>
    tryKernels('simd', compileSimd, wanted, 'the scalar kernels are used instead');
  return revectorized ?? plain() ?? SPECIFICATION;
}

const USUAL_FAMILIES: readonly KernelFamily[] = ['uniform', 'truncated_normal'];

/** @returns the code, if it compiles and all these families are good */
function tryKernels(
  name: KernelSet,
  compile: () => SimdCode,
  families: ReadonlySet<KernelFamily>,
  consequence: string,
): SimdCode | undefined {
  const complain = (reason: string): void => {
    warn(`The ${name} kernels of jumpfill cannot be used`, reason, consequence);
  };
  const candidate = candidates.get(name) ?? openCandidate(compile, complain);
  candidates.set(name, candidate);
  if (candidate.kind === 'unusable') return undefined;
  const { code, filler, verdicts } = candidate;
  for (const family of families) {
    if (verdicts.has(family)) continue;
    const fault = findFault(filler, family);
    if (fault !== undefined) complain(fault);
    verdicts.set(family, fault === undefined ? 'good' : 'bad');
  }
  for (const family of families) if (verdicts.get(family) !== 'good') return undefined;
  return withLaterModules(code);
}

function openCandidate(compile: () => SimdCode, complain: (reason: string) => void): Candidate {
  try {
    const code = compile();
    const filler = new SimdFiller(code, SCRATCH_BYTES);
    adoptFiller(code.name, filler);
    return { kind: 'compiled', code, filler, verdicts: new Map() };
  } catch (error) {
    complain(messageOf(error));
    return { kind: 'unusable' };
  }
}

/** Returns why the kernels of a family cannot be used; undefined if they agree with the specification. */
function findFault(filler: SimdFiller, family: KernelFamily): string | undefined {
  try {
    return findDifference(filler, [family]);
  } catch (error) {
    return messageOf(error);
  }
}

/** The warnings of this process so far: families may fail for the same cause. */
const given = new Set<string>();

function warn(found: string, reason: string, consequence: string): void {
  const message = `${found}: ${reason.replace(/\.$/, '')}. Same bytes, less speed: ${consequence}.`;
  if (given.has(message)) return;
  given.add(message);
  process.emitWarning(message, { code: 'JUMPFILL_SLOW_KERNELS' });
}

const warned = new Set<KernelSet>();

/** Warns, once, that kernels that work on this thread could not be set up on another. */
export function warnOfFallback(name: KernelSet, reason: string | undefined): void {
  if (reason === undefined || warned.has(name)) return;
  warned.add(name);
  warn(`The ${name} kernels of jumpfill cannot be used on a thread`, reason, 'its scalar kernels fill there');
}

/** Far more than compiling and checking takes. */
const TRIAL_TIMEOUT_MS = 10_000;

/** @throws {Error} there is no revectorizer, or the trial process failed */
function compileAfterTrial(): SimdCode {
  checkRevectorizer();
  const trial = url().fileURLToPath(findOwnFile('src/engine/simd/revectorizer-trial.js'));
  const { status, signal, error, stderr } = childProcess().spawnSync(process.execPath, [trial], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TRIAL_TIMEOUT_MS,
    // A user's NODE_OPTIONS may load or wait for something that has no place in the trial.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (error !== undefined) throw new Error(`the trial process: ${error.message}`);
  if (status === 0) return compileRevectorized();
  const said = /^(?:Error: |# )(?!Fatal)(.+)$/m.exec(stderr)?.[1];
  throw new Error(said ?? `the trial process ended with ${signal ?? `code ${status}`}`);
}
