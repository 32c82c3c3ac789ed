/** The command line as process 1 of a container, from which the kernel keeps every signal for which it has no handler. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needNamespaces } from '../engines/support/needs.js';
import { CLI, writeSpec } from '../support/cli.js';
import { makeFolder } from '../support/folder.js';
import { until } from '../support/until.js';

/** The file system does not answer. The process says so, and which signals it begins to heed. */
const HANGING = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
setInterval(() => undefined, 1000);
const hang = () => { fs.writeSync(2, 'hangs '); return new Promise(() => undefined); };
for (const name of ['access', 'lstat', 'open', 'readdir', 'realpath', 'stat']) fs.promises[name] = hang;
syncBuiltinESMExports();
process.on('newListener', (name) => { if (name === 'SIGTERM') fs.writeSync(2, 'heeds '); });
`;

const countOf = (word: string, text: string): number => text.split(word).length - 1;

interface Signalled {
  readonly parameters: readonly string[];
  readonly times: number;
  /** Of the test: it ends the process when the test is given up. */
  readonly given: AbortSignal;
}

/** Signals a command that hangs, as soon as it heeds signals for the n-th time, n = 1, 2, ... @returns its exit code */
async function signal({ parameters, times, given }: Signalled): Promise<number | null> {
  const hanging = `--import=data:text/javascript,${encodeURIComponent(HANGING)}`;
  const program = [process.execPath, hanging, CLI, ...parameters];
  const options = { signal: given, killSignal: 'SIGKILL' } as const;
  const child = spawn('unshare', ['--pid', '--fork', '--mount-proc', '--kill-child', ...program], options);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  await until(() => said.includes('hangs'));
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  const [pid] = /\d+/.exec(children) ?? expect.fail(said);
  for (let time = 1; time <= times; time++) {
    await until(() => countOf('heeds', said) >= time);
    process.kill(Number(pid), 'SIGTERM');
  }
  return (await exited)[0];
}

const missing = needNamespaces();

test('a command that has nothing to clean up ends at SIGTERM, as the first process of its container, too', async (context) => {
  context.skip(missing !== undefined, missing);
  for (const command of ['merge', 'recipe']) {
    const parameters = [command, join(makeFolder(), 'model.safetensors')];
    expect(await signal({ parameters, times: 1, given: context.signal }), command).toBe(143);
  }
});

test('a second SIGTERM ends the first process of a container at once', async (context) => {
  context.skip(missing !== undefined, missing);
  const spec = writeSpec(makeFolder(), { tensors: [{ name: 'w', shape: [10] }] });
  const parameters = ['init', spec, '--out', join(makeFolder(), 'w.safetensors')];
  expect(await signal({ parameters, times: 2, given: context.signal })).toBe(143);
});
