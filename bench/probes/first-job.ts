/**
 * A first job: one fill of fresh memory in a process of its own. Prints the milliseconds of the fill, and what the whole process cost
 * by then: page faults and processor time.
 * Parameters: elements, threads, what it is filled with, the kind of memory, who touches it first.
 * @module
 */
import { Engine, SharedTensor } from '#built/index.js';

export type JobKind = 'constant' | 'wage';
export type MemoryKind = 'WebAssembly.Memory' | 'SharedArrayBuffer';
/** The threads that fill, or the calling thread, a byte a page before them. */
export type Toucher = 'threads' | 'caller';

export interface FirstJob {
  readonly fillMs: number;
  readonly pageFaults: number;
  readonly userMs: number;
  readonly systemMs: number;
}

const [elements, threads] = process.argv.slice(2, 4).map(Number) as [number, number];
const [kind, memory, toucher] = process.argv.slice(4) as [JobKind, MemoryKind, Toucher];
const shape = [2, elements / 2];
const PAGE_BYTES = 4096;

const tensor =
  memory === 'SharedArrayBuffer'
    ? SharedTensor.wrap(new SharedArrayBuffer(4 * elements), shape, { name: 'first' })
    : SharedTensor.empty(shape, { name: 'first' });
const engine = new Engine({ threads, seed: 42 });
const startedAt = performance.now();
if (toucher === 'caller') {
  const bytes = new Uint8Array(tensor.buffer);
  for (let at = 0; at < bytes.length; at += PAGE_BYTES) bytes[at] = 1;
}
if (kind === 'constant') await engine.fill(tensor, { kind: 'constant', value: 0.5 });
else await engine.wageInit_(tensor, 2);
const fillMs = performance.now() - startedAt;
const { minorPageFault, userCPUTime, systemCPUTime } = process.resourceUsage();
const result: FirstJob = {
  fillMs,
  pageFaults: minorPageFault,
  userMs: userCPUTime / 1000,
  systemMs: systemCPUTime / 1000,
};
process.stdout.write(JSON.stringify(result));
await engine.close();
