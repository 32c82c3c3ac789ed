/**
 * Lets this project's tests give an engine another worker module or smaller heaps, under a symbol that only they import, so
 * that no type of the package mentions it.
 * @module
 */
import type { PoolOptions } from '../engine/jobs/pool.js';
import type { EngineOptions } from './engine-options.js';

const POOL = Symbol('pool');

interface WithPool {
  readonly [POOL]?: Partial<PoolOptions>;
}

/** Returns options to spread into an engine's. */
export const withPool = (pool: Partial<PoolOptions>): EngineOptions => ({ [POOL]: pool }) as EngineOptions;

export const poolOf = (options: EngineOptions): Partial<PoolOptions> => (options as WithPool)[POOL] ?? {};
