/**
 * What an engine is made of, loaded with the first engine: importing the library takes none of it.
 * @module
 */
import { requireLittleEndian } from '../engine/host/platform.js';
import { Checkpoints } from './checkpoints.js';
import { EngineJobs } from './engine-jobs.js';
import { readSettings, type EngineOptions, type EngineSettings } from './engine-options.js';
import { StreamChooser } from './fill-streams.js';
import { Fills } from './fills.js';
import { Operators } from './operators.js';
import { poolOf } from './pool-seam.js';

export { checkWageMode } from '../domain/recipes/wage.js';
export { nameOf } from './fills.js';

export interface EngineParts {
  readonly settings: EngineSettings;
  readonly jobs: EngineJobs;
  readonly fills: Fills;
  readonly operators: Operators;
  readonly checkpoints: Checkpoints;
}

/**
 * @throws {ValueError} BAD_OPTION, BAD_SEED
 * @throws {JumpfillError} UNSUPPORTED_PLATFORM
 */
export function openParts(options: EngineOptions): EngineParts {
  requireLittleEndian();
  const settings = readSettings(options);
  const streams = new StreamChooser(settings);
  const { threads, sparesThreads, kernels } = settings;
  const jobs = new EngineJobs({ ...poolOf(options), threads, sparesThreads }, kernels);
  const fills = new Fills(jobs, streams);
  return {
    settings,
    jobs,
    fills,
    operators: new Operators(jobs, streams),
    checkpoints: new Checkpoints(settings, jobs, fills),
  };
}
