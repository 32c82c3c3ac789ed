/**
 * Opens the work that a thread does on any tensor of a job: draw, operate, compare or measure.
 * @module
 */
import type { Filler } from '../engine/fillers/filler.js';
import { openMemoryWork } from '../engine/jobs/memory-work.js';
import type { JobTensor } from '../engine/jobs/protocol.js';
import type { Work } from '../engine/jobs/shift.js';
import { compareFile } from './verify/compare-work.js';
import { fillFile } from './write/fill-file.js';
import { measureFile } from './inspect/measure-work.js';

export function openWork(tensor: JobTensor, filler: Filler): Work {
  switch (tensor.kind) {
    case 'draw': {
      const { target } = tensor;
      return target.kind === 'file' ? fillFile(tensor, target, filler) : openMemoryWork(tensor, filler);
    }
    case 'operate':
      return openMemoryWork(tensor, filler);
    case 'compare':
      return compareFile(tensor, filler);
    case 'measure':
      return measureFile(tensor);
  }
}
