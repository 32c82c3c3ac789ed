/**
 * The machine behind the numbers: without it they mean nothing.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { countThreads } from '#built/engine/host/threads.js';
import type { Answer, Facts } from './answer.js';
import { MEMORY_FILL } from '../contestants/memory-fill.js';
import { quantile, relativeSpread } from './statistics.js';

export function describeMachine(command: string): Facts {
  const processors = cpus();
  return {
    processor: `${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} visible, ${countThreads()} usable`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${process.platform} ${process.arch}`,
    node: `${process.version}, V8 ${process.versions.v8}`,
    load: `${(loadavg()[0] ?? 0).toFixed(1)} at the start`,
    commit: describeCommit(),
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    command,
  };
}

/** Describes how much the fills of memory themselves varied: smaller differences between rows mean nothing. */
export function describeNoise(answers: readonly Answer[]): Facts {
  const spreads = answers
    .flatMap(({ tables }) => tables)
    .flatMap((table) => (table.kind === 'throughput' ? table.rows : []))
    .filter(({ role, series }) => role === 'ceiling' && series.startsWith(MEMORY_FILL))
    .map(({ elapsedMs }) => relativeSpread(elapsedMs));
  if (spreads.length === 0) return {};
  const middle = quantile(spreads, 0.5);
  const verdict = middle > QUIET ? ': this machine was busy, measure again' : '';
  return {
    noise: `the fills of memory varied by ${(100 * middle).toFixed(0)} % (interquartile, the middle of all tables)${verdict}`,
  };
}

/** A machine that does nothing else stays below it. */
const QUIET = 0.1;

function describeCommit(): string {
  try {
    const git = (...parameters: string[]): string =>
      execFileSync('git', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const commit = git('rev-parse', '--short=12', 'HEAD');
    return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}, with changes`;
  } catch {
    return 'unknown: no git clone';
  }
}
