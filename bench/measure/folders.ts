/**
 * Finds the folder of the bench's sources, which has specs, scripts and results: the compiled code lies elsewhere.
 * @module
 */
import { fileURLToPath } from 'node:url';

// Seen from build/bench/measure/.
const BENCH_URL = new URL('../../../bench/', import.meta.url);

/** @param path  from bench/: `models/gpt2.json` */
export const pathInBench = (path: string): string => fileURLToPath(new URL(path, BENCH_URL));
