/**
 * All questions, in the order they are asked.
 * @module
 */
import { checkpoints } from './questions/checkpoints/checkpoints.js';
import { chunks } from './questions/fills/chunks.js';
import { dtypes } from './questions/kernels/dtypes.js';
import { files } from './questions/checkpoints/files.js';
import { fresh } from './questions/fills/fresh.js';
import { growth } from './questions/fills/growth.js';
import type { Question } from './measure/question.js';
import { jumps } from './questions/kernels/jumps.js';
import { kernels } from './questions/kernels/kernels.js';
import { llama } from './questions/checkpoints/llama.js';
import { memory } from './questions/processes/memory.js';
import { peers } from './questions/peers/peers.js';
import { profile } from './questions/kernels/profile.js';
import { revectorize } from './questions/kernels/revectorize.js';
import { sizes } from './questions/fills/sizes.js';
import { start } from './questions/processes/start.js';
import { threads } from './questions/fills/threads.js';
import { wrapped } from './questions/fills/wrapped.js';

export const QUESTIONS: readonly Question[] = [
  kernels,
  dtypes,
  profile,
  threads,
  sizes,
  peers,
  chunks,
  fresh,
  wrapped,
  files,
  checkpoints,
  llama,
  jumps,
  start,
  memory,
  growth,
  revectorize,
];
