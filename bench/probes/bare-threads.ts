/**
 * The cost of Node itself: the milliseconds until a number of idle threads have answered, from their creation and from the start of the
 * process; the peak memory of the process with them.
 * Parameters: threads.
 * @module
 */
import { Worker } from 'node:worker_threads';
import { readPeakBytes } from '../measure/peak-memory.js';

export interface BareThreads {
  /** The share of threadsMs in which the main thread creates them. */
  readonly createMs: number;
  readonly threadsMs: number;
  readonly sinceStartMs: number;
  readonly peakBytes: number;
}

const threads = Number(process.argv[2]);
const startedAt = performance.now();
const source = `const { parentPort } = require('node:worker_threads'); parentPort.postMessage(0); parentPort.once('message', () => {});`;
const workers = Array.from({ length: threads }, () => new Worker(source, { eval: true }));
const createdAt = performance.now();
await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
const answeredAt = performance.now();
const result: BareThreads = {
  createMs: createdAt - startedAt,
  threadsMs: answeredAt - startedAt,
  sinceStartMs: answeredAt,
  peakBytes: readPeakBytes(),
};
process.stdout.write(JSON.stringify(result));
await Promise.all(workers.map((worker) => worker.terminate()));
