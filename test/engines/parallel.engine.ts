/** workers/engines/parallel.sh with GNU parallel, over two hosts that are both this machine. */
import { execFile, type ExecFileException } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { commandsForProject } from './support/commands.js';
import { Hold } from './support/hold.js';
import { hashesOf, hashesOfPlainRun, makeProject, SHARD_SIZE } from './support/model.js';
import { needPrograms, skipWithout } from './support/needs.js';

skipWithout(needPrograms(['parallel', 'bash'], 'parallel'));

interface Run {
  readonly error: ExecFileException | null;
  readonly output: string;
}

/** The environment of a run on two hosts, which both are this machine. */
function twoHosts(folder: string): Readonly<Record<string, string>> {
  writeFileSync(join(folder, 'hosts'), 'first\nsecond\n');
  return {
    PARALLEL_SSH: resolve('test/engines/support/ssh.sh'),
    SSH_LOG: join(folder, 'ssh.log'),
    // What it remembers, and the notice that it prints to those who have not read it.
    PARALLEL_HOME: folder,
    // Above the project, as on a cluster whose homes are shared: a folder relative to it would be another one for these hosts.
    HOME: dirname(folder),
  };
}

/** The command on the page, which names the file of hosts. */
const COMMAND = `${commandsForProject('GNU parallel').join('; ')} ${SHARD_SIZE}`;
const EACH_PART_ONCE = ['1', '2', '3', '4', '5', '6', '7', '8'];

async function run(folder: string, env: Readonly<Record<string, string>>): Promise<Run> {
  copyFileSync('workers/engines/parallel.sh', join(folder, 'parallel.sh'));
  // As in a container or from cron; a host gives its commands a shell of its own (ssh.sh).
  const options = { cwd: folder, env: { ...process.env, SHELL: undefined, ...twoHosts(folder), ...env } };
  return await new Promise((done) => {
    execFile('bash', ['-c', COMMAND], options, (error, stdout, stderr) => {
      done({ error, output: stdout + stderr });
    });
  });
}

/** The parts that have run, of the log that parallel keeps. */
const partsIn = (folder: string): string[] =>
  [...readFileSync(join(folder, 'model.safetensors.joblog'), 'utf8').matchAll(/--part (\d)/g)]
    .map(([, part = '']) => part)
    .toSorted();

test('after a failure the same command runs what failed or did not run, on two hosts', async () => {
  const [folder, hold] = [makeProject(), new Hold('--part 2/')];
  let lastWords: string | undefined;
  const first = run(folder, hold.environment);
  void first.then(({ output }) => (lastWords = output));
  process.kill(await hold.held(() => lastWords), 'SIGKILL');
  const failed = await first;
  expect(failed.error?.code, failed.output).not.toBe(undefined);
  expect(existsSync(join(folder, 'model.safetensors.index.json'))).toBe(false);
  const before = partsIn(folder);
  const second = await run(folder, {});
  expect(second.error, second.output).toBe(null);
  // The log keeps both runs of part 2.
  expect(partsIn(folder)).toEqual([...EACH_PART_ONCE, '2'].toSorted());
  expect(before).toContain('2');
  expect(hashesOf(folder)).toEqual(await hashesOfPlainRun());
  expect(new Set(readFileSync(join(folder, 'ssh.log'), 'utf8').trim().split('\n'))).toEqual(
    new Set(['first', 'second']),
  );
});
