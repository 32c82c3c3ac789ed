/**
 * All that crosses a thread: the task of a shift, where its output goes, and how it ended. Plain data: a class, an error's
 * code or a function would not arrive.
 * @module
 */
import type { Draw } from '../domain/draw.js';
import type { Operation } from '../domain/operation.js';
import type { Plan } from '../domain/plan.js';
import { InitError, type InitErrorCode } from '../errors.js';
import type { KernelCode } from './filler.js';
import type { SharedMemory } from './wasm.js';

/** Where the elements of one extent go. */
export type Target = MemoryTarget | FileTarget;

export interface MemoryTarget {
  readonly kind: 'memory';
  readonly buffer: SharedArrayBuffer;
  /** The memory whose buffer this is, if it is one. */
  readonly memory: SharedMemory | undefined;
  /** Of the extent's first element. */
  readonly byteOffset: number;
}

export interface FileTarget {
  readonly kind: 'file';
  /** Open in this process: threads share descriptors. */
  readonly descriptor: number;
  /** For messages. */
  readonly path: string;
  /** Of the extent's first element, in bytes from the beginning of the file. */
  readonly position: number;
}

/** One tensor of a job: what to draw and where it goes, or what to do to it where it is. */
export type JobTensor = DrawnTensor | OperatedTensor;

export interface DrawnTensor {
  readonly draw: Draw;
  readonly target: Target;
}

export interface OperatedTensor {
  readonly operation: Operation;
  readonly target: MemoryTarget;
}

/** Everything one fill has to do; tensors[i] belongs to plan.extents[i]. */
export interface Job {
  readonly plan: Plan;
  readonly tensors: readonly JobTensor[];
  /** What was half done must not be done again: an operator on what it has already changed. */
  readonly once?: boolean;
}

/** One thread's part of a job: claim chunks until none is left. */
export interface ShiftTask extends Job {
  readonly kernels: KernelCode;
  /** Backing of the ControlWords. */
  readonly control: SharedArrayBuffer;
  /** Which shift this is: its slot in the control words. */
  readonly shift: number;
}

export type ShiftReport =
  /** `fallback`: why this thread, from this shift on, has the specification fill in place of the kernels it was given. */
  | { readonly kind: 'ended'; readonly fallback: string | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** An error as data. */
export interface Failure {
  readonly code: InitErrorCode;
  readonly found: string;
  readonly remedy: string;
  readonly stack: string | undefined;
}

export function describeFailure(error: unknown): Failure {
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof InitError)
    return { code: error.code, found: error.found, remedy: error.remedy, stack };
  const found = `A worker thread failed: ${error instanceof Error ? error.message : String(error)}.`;
  return {
    code: 'WORKER_FAILED',
    found,
    remedy: 'This is a bug in jumpfill: please report it with the cause.',
    stack,
  };
}

export function rebuildError({ code, found, remedy, stack }: Failure): InitError {
  const cause = new Error('in a worker thread');
  if (stack !== undefined) cause.stack = stack;
  return new InitError(code, found, remedy, { cause });
}
