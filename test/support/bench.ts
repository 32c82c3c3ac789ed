/** The bench as a program. It runs at its smallest scale, and tests do not compare its numbers. */
import { execFileSync, spawnSync } from 'node:child_process';
import { makeFolder } from './folder.js';

const BENCH = 'build/bench/main.js';
const TSC = 'node_modules/.bin/tsc';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function compileBench(): void {
  execFileSync(process.execPath, [TSC, '-p', 'tsconfig.bench.json'], { stdio: 'inherit' });
}

/** @param files  the folder for its temporary files */
export function runBench(parameters: readonly string[], files = makeFolder()): Ended {
  return spawnSync(process.execPath, [BENCH, ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, JUMPFILL_BENCH_FOLDER: files },
  });
}
