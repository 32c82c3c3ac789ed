/** Names from other people's files reach a terminal escaped, and a signal ends what has nothing to tidy up. */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLI, runCli, writeSpec, type CliRun } from '../support/cli.js';
import { makeFolder } from '../support/folder.js';
import { frame, headerOf, saveFile } from '../support/stored-files.js';

/** Colours, a C1 control sequence, and a mark that turns what follows around. */
const EVIL = 'w\u001b[31m\u009b2J\u202e\u{e0001}';

const told = (init: object, name = EVIL): object => ({
  jumpfill: JSON.stringify({ byte_contract: 1, seed: '1', tensors: { [name]: { init } } }),
});

const saveEvil = (init: object): string =>
  saveFile(frame(headerOf({ [EVIL]: ['F32', [1], 0, 4] }, told(init)), 4));

const ZEROS = { seed: 1, tensors: [{ name: 'w', shape: [1], init: { kind: 'zeros' } }] };

/** Of a file that is no terminal: nothing colours it. */
function expectClean({ stdout, stderr }: CliRun): void {
  expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
}

describe('nothing of a name controls the terminal', () => {
  test.each([
    ['verify', () => [saveEvil({ kind: 'ones' })], 1, 'stdout'],
    ['verify', () => [saveEvil({ kind: 'ones' }), '--json'], 1, 'stdout'],
    ['verify', () => [saveEvil({ kind: EVIL })], 2, 'stderr'],
    ['verify', () => [saveEvil({ kind: 'zeros', [EVIL]: 1 })], 2, 'stderr'],
    ['verify', () => [saveEvil({ kind: 'zeros' }), '--tensor', 'x'], 2, 'stderr'],
    ['verify', () => [saveFile(frame(headerOf({ [EVIL]: ['X', [1], 0, 4] }), 4))], 2, 'stderr'],
    [
      'verify',
      () => [saveFile(frame(headerOf({ a: ['F32', [1], 0, 4] }, told({ kind: 'zeros' })), 4))],
      2,
      'stderr',
    ],
    ['verify', () => [join(makeFolder(), `${EVIL}.safetensors`)], 2, 'stderr'],
    ['recipe', () => [saveEvil({ kind: 'zeros' })], 0, 'stdout'],
    ['plan', () => [writeSpec(makeFolder(), { [EVIL]: 1 })], 2, 'stderr'],
    [
      'plan',
      () => [writeSpec(makeFolder(), { ...ZEROS, rules: [{ match: '\u009b', dtype: 'float32' }] })],
      0,
      'stderr',
    ],
    [EVIL, () => [], 2, 'stderr'],
  ] as const)('%# %j', async (command, parameters, code, stream) => {
    const run = await runCli([command, ...parameters()]);
    expectClean(run);
    expect(run.code).toBe(code);
    expect(run[stream]).toMatch(/\\u(?:001b|009b)/);
  });

  test('and the JSON is the same value', async () => {
    const { stdout } = await runCli(['recipe', saveEvil({ kind: 'zeros' })]);
    expect(JSON.parse(stdout)).toMatchObject({ tensors: [{ name: EVIL }] });
  });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends a plan that waits for its spec, at once',
  async (signal) => {
    const pipe = join(makeFolder(), 'spec.json');
    execFileSync('mkfifo', [pipe]);
    const child = spawn(process.execPath, [CLI, 'plan', pipe], { stdio: ['ignore', 'ignore', 'pipe'] });
    const exited = new Promise<NodeJS.Signals | null>((resolve) => {
      child.on('exit', (_, by) => {
        resolve(by);
      });
    });
    // Who writes may open a pipe only once somebody reads it: so the plan waits from here on.
    const writer = spawn('bash', ['-c', 'exec 3>"$0"; echo open; read', pipe], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    child.kill(signal);
    expect(await exited).toBe(signal);
    writer.kill();
  },
);
