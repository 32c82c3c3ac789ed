/**
 * Opens the work that a thread does on any tensor of a job: draw, operate, compare or measure.
 * @module
 */
import type { Filler } from '../engine/fillers/filler.js';
import { fillMemory, operateInPlace } from '../engine/jobs/memory-work.js';
import type { JobTensor } from '../engine/jobs/protocol.js';
import type { Work } from '../engine/jobs/shift.js';
import { compareFile } from './verify/compare-work.js';
import { fillFile } from './write/file-work.js';
import { measureFile } from './inspect/measure-work.js';

export function openWork(tensor: JobTensor, filler: Filler): Work {
  switch (tensor.kind) {
    case 'draw': {
      const { target } = tensor;
      return target.kind === 'memory' ? fillMemory(tensor, target, filler) : fillFile(tensor, target, filler);
    }
    case 'operate':
      return operateInPlace(tensor, filler);
    case 'compare':
      return compareFile(tensor, filler);
    case 'measure':
      return measureFile(tensor);
  }
}
