/** A tensor whose buffer ends in the fields that control test/faults/faulty-worker.mjs. */
import { SharedTensor } from 'jumpfill';
import { at } from '../../src/base/at.js';
import { until } from './until.js';

export const FAULTS = { none: 0, exit: 1, outOfMemory: 2, throwInKernel: 3, uncaught: 4 } as const;

export const FAULTY_WORKER = new URL('../faults/faulty-worker.mjs', import.meta.url);
export const BROKEN_WORKER = new URL('../faults/broken-worker.mjs', import.meta.url);

const TIMES = 1;
const BEGUN = 2;
const GATE = 3;

export interface FaultyTensor {
  readonly tensor: SharedTensor;
  /** The number of chunks that have been begun. */
  begun: () => number;
  /** Resolves when that many chunks have been begun. */
  whenBegun: (chunks: number) => Promise<void>;
  /** Opens the gate for the threads. */
  openGate: () => void;
}

export function faultyTensor(
  length: number,
  fault: keyof typeof FAULTS,
  times: number,
  gate: 'open' | 'shut' = 'open',
): FaultyTensor {
  const buffer = new SharedArrayBuffer(4 * length + 16);
  const fields = new Int32Array(buffer, 4 * length, 4);
  fields.set([FAULTS[fault], times, 0, gate === 'shut' ? 1 : 0]);
  const begun = (): number => Atomics.load(fields, BEGUN);
  return {
    tensor: SharedTensor.wrap(buffer, [length], { name: 'faulty' }),
    begun,
    whenBegun: async (chunks) => {
      await until(() => begun() >= chunks);
    },
    openGate: () => {
      Atomics.store(fields, GATE, 0);
      Atomics.notify(fields, GATE);
    },
  };
}

export const timesLeft = ({ tensor }: FaultyTensor): number =>
  at(new Int32Array(tensor.buffer, tensor.byteLength, 4), TIMES);
