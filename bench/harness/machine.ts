/**
 * Where the numbers come from: without it they mean nothing.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { countThreads } from '#built/engine/threads.js';

export function describeMachine(command: string): Record<string, string> {
  const processors = cpus();
  return {
    processor: `${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} visible, ${countThreads()} usable`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${process.platform} ${process.arch}`,
    node: `${process.version}, V8 ${process.versions.v8}`,
    commit: describeCommit(),
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    command,
  };
}

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
