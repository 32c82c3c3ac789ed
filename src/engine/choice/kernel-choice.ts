/**
 * Which kernels fill: the fastest that this process can run and that agree with the specification.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SCRATCH_BYTES } from '../fillers/filler.js';
import { adoptFiller, SPECIFICATION, type KernelCode, type KernelSet } from './open-filler.js';
import { messageOf } from '../../base/errors.js';
import { findOwnFile } from '../host/own-files.js';
import { checkRevectorizer, compileRevectorized, compileSimd, type SimdCode } from '../simd/code.js';
import { SimdFiller } from '../simd/filler.js';
import { findDifference, type KernelFamily } from '../simd/self-check.js';

export interface KernelChoice {
  /** False: the specification, whatever the machine could do. */
  readonly simd: boolean;
  /** Try V8's experimental revectorizer first. */
  readonly revectorize: boolean;
}

/** Code that compiles, and which of its families were found good or not. */
interface Candidate {
  readonly code: SimdCode;
  readonly filler: SimdFiller;
  readonly verdicts: Map<KernelFamily, boolean>;
}

/** Undefined if it does not compile. Once, whatever the number of engines. (A user's own threads each have their own.) */
const candidates = new Map<KernelSet, Candidate | undefined>();

/**
 * The first call compiles, and each family is checked when it is first asked for: 10 ms for the first, most of it V8 warming to
 * the specification; with the revectorizer 100 ms more, for a trial process. Kernels that cannot be used are warned of once.
 * @param families  what a job is made of
 */
export function chooseKernels(
  { simd, revectorize }: KernelChoice,
  families: Iterable<KernelFamily> = USUAL_FAMILIES,
): KernelCode {
  if (!simd) return SPECIFICATION;
  const wanted = [...families];
  const revectorized = revectorize
    ? tryOnce('simd-revectorized', compileAfterTrial, wanted, 'the plain SIMD kernels are used instead')
    : undefined;
  const plain = (): SimdCode | undefined =>
    tryOnce('simd', compileSimd, wanted, 'the scalar kernels are used instead');
  return revectorized ?? plain() ?? SPECIFICATION;
}

const USUAL_FAMILIES: readonly KernelFamily[] = ['uniform', 'truncated_normal'];

function tryOnce(
  name: KernelSet,
  compile: () => SimdCode,
  families: readonly KernelFamily[],
  consequence: string,
): SimdCode | undefined {
  const complain = (reason: string): void => {
    warn(`The ${name} kernels of jumpfill cannot be used`, reason, consequence);
  };
  if (!candidates.has(name))
    candidates.set(
      name,
      attempt(() => open(compile), complain),
    );
  const candidate = candidates.get(name);
  if (candidate === undefined) return undefined;
  const { code, filler, verdicts } = candidate;
  for (const family of new Set(families)) {
    if (verdicts.has(family)) continue;
    const difference = attempt(() => findDifference(filler, [family]) ?? '', complain);
    if (difference !== undefined && difference !== '') complain(difference);
    verdicts.set(family, difference === '');
  }
  return families.every((family) => verdicts.get(family)) ? code : undefined;
}

function open(compile: () => SimdCode): Candidate {
  const code = compile();
  const filler = new SimdFiller(code, SCRATCH_BYTES);
  adoptFiller(code.name, filler);
  return { code, filler, verdicts: new Map() };
}

function attempt<T>(action: () => T, complain: (reason: string) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    complain(messageOf(error));
    return undefined;
  }
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
  const trial = fileURLToPath(findOwnFile('src/engine/simd/trial.js'));
  const { status, signal, error, stderr } = spawnSync(process.execPath, [trial], {
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
