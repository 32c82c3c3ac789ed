/**
 * Which jobs the calling thread does: those that it ends before other threads would.
 * @module
 */
import { CHUNK_ELEMENTS } from '../../domain/partition/chunks.js';
import type { Draw } from '../../domain/draws/draw.js';
import type { OrthogonalDraw } from '../../domain/draws/orthogonal-draw.js';
import type { Kernel } from '../../domain/kernels/kernel-kinds.js';
import type { KernelCode } from '../choice/open-filler.js';
import { matricesOf } from '../simd/matrix-plan.js';
import type { Job, JobTensor } from './protocol.js';

/**
 * One chunk is one thread's work anyway, and the calling thread saves waking another: 80 us (uniform) to 220 us (truncated normal)
 * against 380 to 600 us (an EPYC of Zen 4: `npm run bench -- sizes`). With threads at hand larger jobs are theirs: the caller's event
 * loop waits, and the specification blocks it for up to 9 ms.
 */
const CALLING_THREAD_ELEMENTS = CHUNK_ELEMENTS;

/** A few elements of a large matrix take most of the work on it. */
export const isSmall = ({ chunks, tensors }: Job): boolean =>
  chunks.elementCount <= CALLING_THREAD_ELEMENTS &&
  !tensors.some((tensor) => 'draw' in tensor && matricesOf(tensor.draw).some(isLarge));

const isLarge = ({ matrix }: OrthogonalDraw): boolean =>
  matrix.rows * matrix.columns > CALLING_THREAD_ELEMENTS;

/** Kernels that take 3 ns an element at most. */
const QUICK_KERNELS: ReadonlySet<Kernel['kind']> = new Set<Kernel['kind']>([
  ...(['constant', 'words', 'uniform', 'truncated_normal', 'normal', 'bounded_normal'] as const),
  ...(['constant64', 'uniform64', 'bits', 'bits64', 'two_values', 'integers'] as const),
]);

const isQuick = (tensor: JobTensor): boolean =>
  tensor.kind === 'draw' && tensor.target.kind === 'memory' && isQuickDraw(tensor.draw);

const isQuickDraw = (draw: Draw): boolean =>
  draw.kind === 'constant' || (draw.kind === 'stream' && QUICK_KERNELS.has(draw.kernel.kind));

/**
 * Two threads take 60 to 80 ms from their start to the end of their first job, 30 of them the event loop's (an EPYC of Zen 4, Node 20:
 * `npm run bench -- start`). So many elements take 0.6 to 6 ms, and 5 to 9 ms more in
 * fresh pages.
 */
const JOB_ELEMENTS = 2 ** 21;

/** 5 to 45 ms. Who fills more is better off with threads, whatever comes next. */
const ELEMENTS = 2 ** 24;

/** What an engine's calling thread does in place of threads, none of which is started: in all, no more than takes as long as their start. */
export class CallerBudget {
  #spent = 0;

  /**
   * Checks whether the calling thread does a job, and counts its elements.
   * @param chooseKernels  the specification takes ten times as long
   */
  spend({ chunks, tensors, isStreamed }: Job, chooseKernels: () => KernelCode): boolean {
    const elements = this.#spent + chunks.elementCount;
    if (chunks.elementCount > JOB_ELEMENTS || elements > ELEMENTS) return false;
    if (isStreamed === true || !tensors.every(isQuick)) return false;
    if (chooseKernels().name === 'specification') return false;
    this.#spent = elements;
    return true;
  }
}
