/**
 * The amount of measuring: enough for meaningful numbers, or just enough to see that the bench runs.
 * @module
 */
import { freemem } from 'node:os';
import { countThreads } from '#built/engine/host/threads.js';
import { BYTES_PER_ELEMENT } from './answer.js';
import { KERNEL_SETS } from '../contestants/kernel-sets.js';

export interface Scale {
  readonly isQuick: boolean;
  /** All that this process may use, as the engine counts them. */
  readonly threads: number;
  /** The size of the large tensors: far beyond every cache. */
  readonly elements: number;
  /** Each contestant runs at least this often... */
  readonly minRounds: number;
  /** ...and all of a table together until this much time is spent, */
  readonly budgetMs: number;
  /** but no more often than this. */
  readonly maxRounds: number;
  /** The longest warm-up of a contestant, beyond its first run. */
  readonly warmMs: number;
}

/** The specification kernels take minutes for what the fast ones do in seconds. */
const LARGEST = KERNEL_SETS.length > 1 ? 2 ** 28 : 2 ** 24;

/** Two large tensors and the page cache of a file have to fit beside each other. */
const TENSORS_AT_ONCE = 4;

export function chooseScale(isQuick: boolean): Scale {
  const threads = countThreads();
  if (isQuick)
    return { isQuick, threads, elements: 2 ** 18, minRounds: 2, maxRounds: 2, budgetMs: 0, warmMs: 0 };
  const fitting = freemem() / BYTES_PER_ELEMENT / TENSORS_AT_ONCE;
  const elements = Math.min(LARGEST, 2 ** Math.floor(Math.log2(fitting)));
  return { isQuick, threads, elements, minRounds: 3, maxRounds: 15, budgetMs: 9_000, warmMs: 200 };
}

/** The scale for tables that need less, limited by the full scale. */
export const shrink = (scale: Scale, elements: number, budgetMs = scale.budgetMs): Scale => ({
  ...scale,
  elements: Math.min(scale.elements, elements),
  budgetMs: Math.min(scale.budgetMs, budgetMs),
});

/** 1, 2, 4, ... and all. */
export function threadCounts({ threads }: Scale): readonly number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(threads)) }, (_, i) => 2 ** i);
  return [...powers, threads];
}
