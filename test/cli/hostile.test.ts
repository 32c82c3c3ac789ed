/** Names from untrusted files reach a terminal escaped, and a signal ends a command that has nothing to clean up. */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLI, runCli, writeSpec, type CliRun } from '../support/cli.js';
import { makeFolder } from '../support/folder.js';
import { frame, headerOf, indexOf, saveFile } from '../support/stored-files.js';

/** Colours, a C1 control sequence, and a mark that turns what follows around. */
const EVIL = 'w\u001b[31m\u009b2J\u202e\u{e0001}';

const told = (init: object, name = EVIL): object => ({
  jumpfill: JSON.stringify({ byte_contract: 1, seed: '1', tensors: { [name]: { init } } }),
});

const saveEvil = (init: object): string =>
  saveFile(frame(headerOf({ [EVIL]: ['F32', [1], 0, 4] }, told(init)), 4));

/** Saves one of the two tensors that the metadata record. */
const saveLost = (): string => {
  const tensors = { [EVIL]: { init: { kind: 'zeros' } }, a: { init: { kind: 'zeros' } } };
  const jumpfill = JSON.stringify({ byte_contract: 1, seed: '1', tensors });
  return saveFile(frame(headerOf({ a: ['F32', [1], 0, 4] }, { jumpfill }), 4));
};

/** An index that names one of the two tensors of its file. */
const saveUnnamed = (): string => {
  const folder = makeFolder();
  saveFile(frame(headerOf({ [EVIL]: ['F32', [1], 0, 4], a: ['F32', [1], 4, 8] }), 8), EVIL, folder);
  return saveFile(indexOf({ [EVIL]: ['a'] }), 'm.safetensors.index.json', folder);
};

const EVIL_SPEC = {
  seed: 1,
  default: { init: { kind: 'zeros' } },
  tensors: [EVIL, 'b'].map((name) => ({ name, shape: [1] })),
};
const ONES = { seed: 1, tensors: [{ name: 'a', shape: [1], init: { kind: 'ones' } }] };

const initOf = (...options: readonly string[]): readonly string[] => [
  writeSpec(makeFolder(), EVIL_SPEC),
  '--out',
  join(makeFolder(), `${EVIL}.safetensors`),
  ...options,
];

const ZEROS = { seed: 1, tensors: [{ name: 'w', shape: [1], init: { kind: 'zeros' } }] };

/** Checks that the output has no control characters; it goes to a pipe, so it has no colours either. */
function expectClean({ stdout, stderr }: CliRun): void {
  expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
}

describe('no part of a name controls the terminal', () => {
  test.each([
    ['verify', () => [saveEvil({ kind: 'ones' })], 1, 'stdout'],
    ['verify', () => [saveEvil({ kind: 'ones' }), '--json'], 1, 'stdout'],
    ['verify', () => [saveEvil({ kind: EVIL })], 2, 'stderr'],
    ['verify', () => [saveEvil({ kind: 'zeros', [EVIL]: 1 })], 2, 'stderr'],
    ['verify', () => [saveEvil({ kind: 'zeros' }), '--tensor', 'x'], 2, 'stderr'],
    ['verify', () => [saveFile(frame(headerOf({ [EVIL]: ['X', [1], 0, 4] }), 4))], 2, 'stderr'],
    ['verify', () => [saveLost()], 1, 'stdout'],
    ['verify', () => [saveLost(), '--json'], 1, 'stdout'],
    ['recipe', () => [saveLost()], 0, 'stderr'],
    ['inspect', () => [saveEvil({ kind: 'ones' })], 1, 'stdout'],
    ['inspect', () => [saveEvil({ kind: 'ones' }), '--json'], 1, 'stdout'],
    ['inspect', () => [saveLost(), '--json'], 1, 'stdout'],
    ['inspect', () => [saveUnnamed()], 0, 'stderr'],
    ['verify', () => [saveUnnamed(), '--spec', writeSpec(makeFolder(), ONES)], 1, 'stderr'],
    ['plan', () => [writeSpec(makeFolder(), EVIL_SPEC)], 0, 'stdout'],
    ['plan', () => [writeSpec(makeFolder(), EVIL_SPEC), '--json'], 0, 'stdout'],
    ['init', () => initOf('--json'), 0, 'stdout'],
    ['init', () => initOf('--shard-size', '4', '--json'), 0, 'stdout'],
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

  test.each([
    ['recipe', () => [saveEvil({ kind: 'zeros' })], { tensors: [{ name: EVIL }] }],
    ['inspect', () => [saveEvil({ kind: 'ones' }), '--json'], { tensors: [{ name: EVIL }] }],
    ['verify', () => [saveEvil({ kind: 'ones' }), '--json'], { differences: [{ name: EVIL }] }],
    ['verify', () => [saveLost(), '--json'], { missing: [EVIL] }],
    ['plan', () => [writeSpec(makeFolder(), EVIL_SPEC), '--json'], { tensors: [{ name: EVIL }, {}] }],
    ['init', () => initOf('--json'), { tensors: [{ name: EVIL }, {}] }],
  ] as const)('and the JSON of %s has the same value', async (command, parameters, value) => {
    const { stdout } = await runCli([command, ...parameters()]);
    expect(JSON.parse(stdout)).toMatchObject(value);
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
    // A writer can open a pipe only once there is a reader, so from here on the plan waits.
    const writer = spawn('bash', ['-c', 'exec 3>"$0"; echo open; read', pipe], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    child.kill(signal);
    expect(await exited).toBe(signal);
    writer.kill();
  },
);
