/**
 * Messages between threads: the task of a shift, where its output goes, and its report. Plain data: classes, functions and the codes
 * of errors do not survive the crossing.
 * @module
 */
import type { Draw } from '../../domain/draws/draw.js';
import type { Operation } from '../../domain/operators/operation.js';
import type { Chunks } from '../../domain/partition/chunks.js';
import type { Interval } from '../../domain/statistics/histogram.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import { JumpfillError, type JumpfillErrorCode, messageOf } from '../../base/errors.js';
import type { KernelCode } from '../choice/open-filler.js';
import type { SharedMemory } from '../memory/wasm.js';

/** The output of one extent. */
export type Target = MemoryTarget | FileTarget;

export interface MemoryTarget {
  readonly kind: 'memory';
  readonly buffer: SharedArrayBuffer;
  /** The memory that the buffer belongs to, if it is a WebAssembly memory's. */
  readonly memory: SharedMemory | undefined;
  /** The position of the extent's first element. */
  readonly byteOffset: number;
}

export interface FileTarget {
  readonly kind: 'file';
  /** Open in this process: threads share descriptors. */
  readonly descriptor: number;
  /** For messages. */
  readonly path: string;
  /** The position of the extent's first element, in bytes from the beginning of the file. */
  readonly position: number;
}

/** One tensor of a job, and the work on it. */
export type JobTensor =
  DrawnTensor | CopiedTensor | OperatedTensor | ComparedTensor | ComparedFiles | MeasuredTensor;

export interface DrawnTensor {
  readonly kind: 'draw';
  readonly draw: Draw;
  readonly target: Target;
}

/** A tensor whose bytes are those of a file. */
export interface CopiedTensor {
  readonly kind: 'copy';
  readonly dtype: Dtype;
  readonly source: FileTarget;
  readonly target: Target;
}

export interface OperatedTensor {
  readonly kind: 'operate';
  readonly operation: Operation;
  readonly target: MemoryTarget;
}

/** Compares a file's bytes with the draw. */
export interface ComparedTensor {
  readonly kind: 'compare';
  readonly draw: Draw;
  readonly source: FileTarget;
  /** Backing of the tensor's Findings. */
  readonly findings: SharedArrayBuffer;
}

/** Compares a file's bytes with those of another file. */
export interface ComparedFiles {
  readonly kind: 'compare-files';
  readonly dtype: Dtype;
  /** What the bytes should be. */
  readonly wanted: FileTarget;
  readonly source: FileTarget;
  /** Backing of the tensor's Findings. */
  readonly findings: SharedArrayBuffer;
}

/** Measures the values in a file. */
export interface MeasuredTensor {
  readonly kind: 'measure';
  /** As in a safetensors header. */
  readonly storedDtype: string;
  readonly source: FileTarget;
  /** Values outside are counted. */
  readonly bounds?: Interval | undefined;
  /** Backing of the tensor's Measurements. */
  readonly measurements: SharedArrayBuffer;
}

/** All the work of one call; tensors[i] belongs to chunks.extents[i]. */
export interface Job {
  readonly chunks: Chunks;
  readonly tensors: readonly JobTensor[];
  /** A half-done chunk must not be done again: an operator would change changed values. */
  readonly once?: boolean;
  /** A batch of a stream: threads draw it while the caller hands out the last one. */
  readonly isStreamed?: boolean;
  /**
   * The first chunk of each queue. Each shift begins with its own queue and goes on with the others, so that threads write
   * different files while there are several: threads in one file wait for each other. By default one queue.
   */
  readonly queues?: readonly number[];
  /** Backing of the Workspaces of its matrices, if several jobs share them; by default a job has its own. */
  readonly workspaces?: SharedArrayBuffer | undefined;
}

/** One thread's task: claim chunks of the job until none is left. */
export interface ShiftTask extends Job {
  readonly kernels: KernelCode;
  /** Backing of the ChunkClaims. */
  readonly claims: SharedArrayBuffer;
  /** Backing of the ShiftStates. */
  readonly states: SharedArrayBuffer;
  /** The number of this shift among those of the job. */
  readonly shift: number;
}

export type ShiftReport =
  /** `fallback`: why the specification replaces the job's kernels on this thread, from this shift on. */
  | { readonly kind: 'ended'; readonly fallback: string | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** An error as data. */
export interface Failure {
  readonly code: JumpfillErrorCode;
  readonly found: string;
  readonly remedy: string;
  readonly stack: string | undefined;
}

export function describeFailure(error: unknown): Failure {
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof JumpfillError)
    return { code: error.code, found: error.found, remedy: error.remedy, stack };
  const found = `A worker thread failed: ${messageOf(error)}.`;
  return {
    code: 'WORKER_FAILED',
    found,
    remedy: 'This is a bug in jumpfill: please report it with the cause.',
    stack,
  };
}

export function rebuildError({ code, found, remedy, stack }: Failure): JumpfillError {
  const cause = new Error('in a worker thread');
  if (stack !== undefined) cause.stack = stack;
  return new JumpfillError(code, found, remedy, { cause });
}
