/**
 * Opens the work that a thread does on any tensor of a job: draw, copy, operate, compare or measure.
 * @module
 */
import type { Filler } from '../engine/fillers/filler.js';
import { openMemoryWork } from '../engine/jobs/memory-work.js';
import type { JobTensor } from '../engine/jobs/protocol.js';
import type { Work } from '../engine/jobs/shift.js';
import { OnDemand } from '../engine/host/on-demand.js';
import type * as copying from './write/copy-file.js';
import type * as filling from './write/fill-file.js';
import type * as measuring from './inspect/measure-work.js';
import type * as comparing from './verify/compare-work.js';

const comparison = new OnDemand<typeof comparing>('src/storage/verify/compare-work.js');
const copy = new OnDemand<typeof copying>('src/storage/write/copy-file.js');
const file = new OnDemand<typeof filling>('src/storage/write/fill-file.js');
const measurement = new OnDemand<typeof measuring>('src/storage/inspect/measure-work.js');

export function openWork(tensor: JobTensor, filler: Filler): Work {
  switch (tensor.kind) {
    case 'draw': {
      const { target } = tensor;
      return target.kind === 'file'
        ? file.load().fillFile(tensor, target, filler)
        : openMemoryWork(tensor, filler);
    }
    case 'copy':
      return copy.load().copyFile(tensor);
    case 'operate':
      return openMemoryWork(tensor, filler);
    case 'compare':
      return comparison.load().compareFile(tensor, filler);
    case 'compare-files':
      return comparison.load().compareFiles(tensor);
    case 'measure':
      return measurement.load().measureFile(tensor);
  }
}
