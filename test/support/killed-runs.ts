/** Runs of `jumpfill init` that kill themselves at a chosen call (test/faults/kill-at.mjs), and what they leave. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { CLI, runCli } from './cli.js';
import { listFolder, makeFolder } from './folder.js';
import { findOwn } from './work-folder.js';

/** 9 blocks and more, so that threads are started, in shards of several tensors and one of its own. */
export const SPEC = {
  seed: 42,
  shard_size: '500KB',
  default: { dtype: 'float32', init: { kind: 'truncated_normal', std: 0.02 } },
  rules: [{ match: '*.bias', init: { kind: 'zeros' } }],
  tensors: [
    { name: 'embed', shape: [700, 1000] },
    { name: '0.weight', shape: [300, 300] },
    { name: '0.bias', shape: [300] },
    { name: '1.weight', shape: [400, 400], dtype: 'bfloat16', init: { kind: 'uniform', low: -1, high: 1 } },
    { name: '1.bias', shape: [400], dtype: 'bfloat16' },
    { name: 'none', shape: [0] },
    { name: 'head', shape: [500, 1000] },
  ],
};

export interface Outcome {
  readonly code: number | string | null;
  readonly signal: string | null;
  readonly stderr: string;
}

export const DONE: Outcome = { code: 0, signal: null, stderr: '' };

const KILLER = resolve('test/faults/kill-at.mjs');

const initOf = (folder: string, options: readonly string[]): string[] => [
  ...['init', join(folder, 'spec.json'), '--out', join(folder, 'out', 'm.safetensors')],
  ...['--threads', '2', '--quiet', ...options],
];

export async function init(folder: string, ...options: readonly string[]): Promise<Outcome> {
  const { code, stderr } = await runCli(initOf(folder, options));
  return { code, signal: null, stderr };
}

/**
 * In a process of its own, which records what is done as often as it can.
 * @param env  KILL_AT or KILL_LOG
 */
export async function initToKill(
  folder: string,
  env: Readonly<Record<string, string>>,
  ...options: readonly string[]
): Promise<Outcome> {
  const parameters = ['--import', KILLER, CLI, ...initOf(folder, ['--record-every', '0', ...options])];
  return await new Promise((done) => {
    const child = execFile(
      process.execPath,
      parameters,
      { env: { ...process.env, ...env } },
      (_error, _stdout, stderr) => {
        done({ code: child.exitCode, signal: child.signalCode, stderr });
      },
    );
  });
}

export function makeRun(spec: object = SPEC): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
  return folder;
}

/** The output's files, in base64. */
export const filesOf = (folder: string): Map<string, string> =>
  new Map(
    listFolder(join(folder, 'out')).map((name) => [
      name,
      readFileSync(join(folder, 'out', name)).toString('base64'),
    ]),
  );

/** An unbroken run: its files, and the calls that changed files, in order. */
export async function runUnbroken(): Promise<{ files: Map<string, string>; log: readonly string[] }> {
  const folder = makeRun();
  const path = join(folder, 'calls');
  expect(await initToKill(folder, { KILL_LOG: path })).toMatchObject({ code: 0 });
  return { files: filesOf(folder), log: readFileSync(path, 'utf8').split('\n') };
}

export interface Unfinished {
  readonly folder: string;
  readonly work: string;
}

/** Killed when a thread had written four pieces. */
export async function leaveUnfinished(spec: object = SPEC): Promise<Unfinished> {
  const folder = makeRun(spec);
  const killed = await initToKill(folder, { KILL_AT: 'worker 4 after' });
  expect(killed.signal).toBe('SIGKILL');
  return { folder, work: workFolderIn(folder) };
}

export function workFolderIn(folder: string): string {
  const [name = ''] = listFolder(join(folder, 'out'));
  return join(folder, 'out', name);
}

/** The files that a run left in its work folder, without the owner file. */
export const filesIn = (work: string): Map<string, string> =>
  new Map(
    readdirSync(work, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('owner.'))
      .map(({ name }) => [
        textOfName(name),
        readFileSync(findOwn(work, textOfName(name))).toString('base64'),
      ]),
  );

const textOfName = (name: string): string => name.slice(0, name.lastIndexOf('.'));
