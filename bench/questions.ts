/**
 * All questions, in the order they are asked.
 * @module
 */
import { checkpoints } from './checkpoints.js';
import { chunks } from './chunks.js';
import { dtypes } from './dtypes.js';
import { files } from './files.js';
import { fresh } from './fresh.js';
import { growth } from './growth.js';
import type { Question } from './harness/question.js';
import { jumps } from './jumps.js';
import { kernels } from './kernels.js';
import { llama } from './llama.js';
import { memory } from './memory.js';
import { peers } from './peers.js';
import { profile } from './profile.js';
import { revectorize } from './revectorize.js';
import { sizes } from './sizes.js';
import { start } from './start.js';
import { threads } from './threads.js';
import { wrapped } from './wrapped.js';

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
