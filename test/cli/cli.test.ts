/** The command line as a process: what it prints, where, and how it exits. */
import { execFile, spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CLI, runCli, spawnCli, writeSpec, type CliRun } from '../support/cli.js';
import { listFolder, makeFolder } from '../support/folder.js';
import { readSafetensors } from '../support/safetensors.js';
import { sha256 } from '../support/bytes.js';
import { frame, headerOf, saveFile } from '../support/stored-files.js';
import { until } from '../support/until.js';
import { casesOf, slowTest } from '../support/thorough.js';

const VGG7 = 'bench/models/vgg7-wage.json';

/** What any command can write in no time. */
const writeSmallSpec = (): string =>
  writeSpec(makeFolder(), { seed: 42, tensors: [{ name: 'w', shape: [9], init: { kind: 'normal' } }] });

const run = (...parameters: string[]): Promise<CliRun> => runCli(parameters);

describe('init', () => {
  test('writes VGG-7 and prints a table and a summary, without colours or a progress bar in a pipe', async () => {
    const out = join(makeFolder(), 'vgg7.safetensors');
    const { code, stdout, stderr } = await run('init', VGG7, '--out', out, '--threads', '2', '--checksum');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\x1b');
    const [header = '', ...rows] = stdout.split('\n');
    expect(header.split(/ {2,}/)).toEqual([
      'name',
      'dtype',
      'shape',
      'init',
      'fan-in',
      'limit',
      'weight_scale',
      'bytes',
    ]);
    const scales = rows.slice(0, 8).map((row) => Number(row.split(/ {2,}/)[6]));
    expect(scales).toEqual([2, 16, 16, 16, 16, 32, 32, 16]);
    expect(stdout).toMatch(
      /12,973,440 elements, [\d,]+ bytes, [\d.]+ s, [\d.]+ [KMG]?B\/s, 2 threads, seed 42\n/,
    );
    expect(stdout).toContain(`SHA-256 ${sha256(readFileSync(out))}`);
    expect(readSafetensors(out).tensors).toHaveLength(8);
  });

  test('--json prints JSON and nothing else; --quiet prints nothing', async () => {
    const folder = makeFolder();
    const json = await run(
      'init',
      VGG7,
      '--out',
      join(folder, 'a.safetensors'),
      '--json',
      '--seed',
      '18446744073709551615',
    );
    const report = JSON.parse(json.stdout) as {
      seed: string;
      elementCount: number;
      tensors: { weightScale: number }[];
    };
    expect(report).toMatchObject({ seed: '18446744073709551615', elementCount: 12_973_440 });
    expect(report.tensors.map(({ weightScale }) => weightScale)).toEqual([2, 16, 16, 16, 16, 32, 32, 16]);
    const quiet = await run('init', writeSmallSpec(), '--out', join(folder, 'b.safetensors'), '--quiet');
    expect([json.stderr, quiet]).toEqual(['', { code: 0, stdout: '', stderr: '' }]);
  });

  test('a random seed is reported, and writes the same file when it is passed', async () => {
    const folder = makeFolder();
    const spec = writeSpec(folder, {
      tensors: [{ name: 'w', shape: [9], init: { kind: 'truncated_normal' } }],
    });
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const seed = /seed (\d+)/.exec((await run('init', spec, '--out', a)).stdout)?.[1] ?? '';
    await run('init', spec, '--out', b, '--seed', seed);
    expect(sha256(readFileSync(a))).toBe(sha256(readFileSync(b)));
  });

  test('an existing file is refused with exit code 1, and replaced with --force', async () => {
    const folder = makeFolder();
    const out = join(folder, 'm');
    writeFileSync(out, 'precious');
    const spec = writeSmallSpec();
    const refused = await run('init', spec, '--out', out);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/already exists\. .*--force.*\[OUTPUT_EXISTS\]/);
    expect(readFileSync(out, 'utf8')).toBe('precious');
    expect((await run('init', spec, '--out', out, '--force', '--quiet')).code).toBe(0);
    expect(readSafetensors(out).tensors).toHaveLength(1);
  });
});

describe('a wrong command exits with 2, says what to do, and writes nothing', () => {
  test.each([
    [[], 'No command given.'],
    [['int'], 'Unknown command "int". Did you mean "init"?'],
    [['init'], 'SPEC.json is missing'],
    [['init', VGG7], '--out is missing'],
    [['init', VGG7, 'x', '--out', 'y'], 'unexpected argument "x"'],
    [['init', VGG7, '--out', 'y', '--sed', '1'], 'Unknown option --sed. Did you mean "--seed"?'],
    [
      ['init', VGG7, '--out', 'y', '--seed', '-1'],
      'The seed is -1. A seed is a whole number from 0 to 2^64 - 1; --generator torch takes this one.',
    ],
    [
      ['init', VGG7, '--out', 'y', '--seed'],
      '--seed has no value. Write --seed N: a whole number from 0 to 2^64 - 1, with torch from -2^63.',
    ],
    [['init', VGG7, '--out', 'y', '--force=1'], '--force takes no value.'],
    [['init', VGG7, '-o', 'y'], 'Unknown option -o. Did you mean "--out"?'],
    [
      ['verify', 'x', '-z'],
      'Unknown option -z. Known: --spec, --like, --seed, --generator, --sample, --sample-seed, --tensor, --threads, --json, --quiet, --help.',
    ],
    [['plan', VGG7, '--shard-size', 'abc'], '--shard-size is "abc".'],
    [['verify', 'x', '--sample-seed', '3'], '--sample-seed needs --sample.'],
    [['help', 'int'], 'Unknown command "int". Did you mean "init"?'],
    [['init', VGG7, '--out', 'y', '--seed=1.5'], '--seed is "1.5".'],
    [['init', VGG7, '--out', 'y', '--seed', '18446744073709551616'], '--seed is "18446744073709551616".'],
    [['init', VGG7, '--out', 'y', '--threads', '0'], 'threads is 0.'],
    [['init', VGG7, '--out', VGG7, '--force'], '--out is the spec itself'],
    [['init', VGG7, '--out', 'y', '--quiet', '--checksum'], '--quiet cannot be combined with --checksum'],
    [['init', 'no-such.json', '--out', 'y'], 'The spec no-such.json cannot be read'],
  ])('%j', async (parameters, message) => {
    const { code, stdout, stderr } = await run(...parameters);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    // Other errors are about a file.
    if (stderr.includes('[BAD_OPTION]'))
      expect(stderr).toMatch(/\nSee jumpfill (?:(?:init|plan|verify) )?--help\.\n$/);
  });

  test('a spec that is not JSON is refused with line and column', async () => {
    const folder = makeFolder();
    const spec = writeSpec(folder, '{\n  "tensors": [,]\n}');
    const { code, stderr } = await run('init', spec, '--out', join(folder, 'm'));
    expect(code).toBe(2);
    expect(stderr).toContain(`${spec}:2:15: not JSON`);
    for (const [text, place] of [
      ['', '1:1'],
      ['{"a": "b', '1:9'],
      ['{\n  "seed": 1,\n\n', '2:13'],
      ['[\n[1]', '2:4'],
    ]) {
      const cut = await run('plan', writeSpec(folder, text));
      expect(cut.stderr).toContain(`${spec}:${place}: not JSON: the text ends too early`);
    }
    expect(listFolder(folder)).toEqual(['spec.json']);
  });
});

test('a reader that stops early does not undo the work; a report that cannot be written is a failure', async () => {
  const out = join(makeFolder(), 'm');
  const shell = async (command: string): Promise<number> => {
    const child = spawn('bash', ['-c', command], { stdio: 'ignore' });
    return await new Promise((resolve) =>
      child.on('exit', (code) => {
        resolve(code ?? -1);
      }),
    );
  };
  const init = `${process.execPath} ${CLI} init ${writeSmallSpec()} --out ${out} --force`;
  expect(await shell(`set -o pipefail; ${init} | true`)).toBe(0);
  expect(readSafetensors(out).tensors).toHaveLength(1);
  expect(await shell(`${init} > /dev/full`)).toBe(1);
});

test('--record-every with standard output is refused before the spec is read', async () => {
  const { code, stdout, stderr } = await run('init', 'no-such.json', '--out', '-', '--record-every', '3');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^jumpfill: init: --record-every is for files.*\nSee jumpfill init --help\.\n$/);
});

test('errors on the command line point to the help, errors in a spec do not', async () => {
  const folder = makeFolder();
  const tensors = [{ name: 'w', shape: [4, 4], init: { kind: 'zeros' } }];
  const own = join(folder, 'default.json');
  writeFileSync(own, JSON.stringify({ tensors }));
  const itself = await run('init', own, '--out', own, '--force', '--part', '3/2');
  expect(itself.stderr).toMatch(/\nSee jumpfill init --help\.\n$/);
  const gelu = { kind: 'kaiming_normal', nonlinearity: 'gelu' };
  for (const spec of [
    { shard_size: '5XB', tensors },
    { tensors: [{ name: 'w', shape: [4, 4], init: gelu }] },
  ]) {
    const { code, stderr } = await run('plan', writeSpec(folder, spec));
    expect(code).toBe(2);
    expect(stderr).not.toContain('--help');
  }
});

test('a spec that ends in the middle of an escape is refused, without an endless loop', async () => {
  const folder = makeFolder();
  const path = join(folder, 'cut.json');
  for (const text of ['"\\', '{"tensors":[{"name":"w\\', "{'a\\", `{"a":"${'\\'.repeat(295)}`]) {
    writeFileSync(path, text);
    const { code, stderr } = await run('plan', path);
    expect(code).toBe(2);
    expect(stderr).toContain('not JSON');
  }
});

test('an --out that names a folder is refused, and no file takes its name', async () => {
  const folder = makeFolder();
  const { code, stderr } = await run('init', 'vgg7-wage', '--out', `${join(folder, 'new')}/`);
  expect(code).toBe(2);
  expect(stderr).toContain(`Name a file in it: ${join(folder, 'new')}/model.safetensors`);
  expect(readdirSync(folder)).toEqual([]);
});

test('an output without the ending .safetensors is written, with a warning', async () => {
  const folder = makeFolder();
  const spec = writeSpec(folder, { seed: 1, tensors: [{ name: 'w', shape: [1], init: { kind: 'zeros' } }] });
  for (const command of ['plan', 'init']) {
    const { code, stderr } = await run(command, spec, '--out', join(folder, 'w.npy'));
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^jumpfill: warning: --out "w\.npy" will hold safetensors, but ends in "\.npy" like NumPy's files\. .*\n$/,
    );
  }
  expect(readSafetensors(join(folder, 'w.npy')).tensors).toHaveLength(1);
});

test('a pattern on which a backtracking matcher would hang meets a hostile name of a --like file, and the plan is printed', async () => {
  const folder = makeFolder();
  const hostile = `${'a'.repeat(40)}!`;
  const like = saveFile(frame(headerOf({ [hostile]: ['F32', [1], 0, 4] }), 4));
  const rules = [
    { match: 're:(a+)+', init: { kind: 'ones' } },
    { match: 're:((a+)+)+.', init: { kind: 'zeros' } },
  ];
  const { code, stdout } = await run('plan', writeSpec(folder, { seed: 1, rules }), '--like', like, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ tensors: [{ name: hostile, init: { kind: 'zeros' } }] });
});

slowTest('in a project that installed the package, built-in models work by name', async () => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: readonly string[] };
  const project = makeFolder();
  const installed = join(project, 'node_modules', 'jumpfill');
  const named = files.filter((path) => !/[*!]/.test(path));
  for (const file of [...named, 'package.json']) cpSync(file, join(installed, file), { recursive: true });
  symlinkSync(resolve('node_modules'), join(installed, 'node_modules'));
  const cli = join(installed, CLI);
  const call = async (...parameters: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [cli, ...parameters], { cwd: project })).stdout;
  const plan = JSON.parse(await call('plan', 'gpt2', '--json')) as { elementCount: number };
  expect(plan.elementCount).toBe(124_439_808);
  expect(await call('recipe', 'gpt2')).toBe(readFileSync('bench/models/gpt2.json', 'utf8'));
  await call('init', 'vgg7-wage', '--out', 'm.safetensors');
  await call('verify', 'm.safetensors', '--spec', 'vgg7-wage', '--sample', '1%');
  expect(await call('inspect', 'm.safetensors', '--spec', 'vgg7-wage')).toContain('features.1.weight');
});

test('help equals --help, and describes each option as the command uses it', async () => {
  expect(await run('help')).toEqual(await run('--help'));
  expect(await run('help', 'plan')).toEqual(await run('plan', '--help'));
  expect((await run('help', 'plan')).stdout).toMatch(
    /--out FILE +the safetensors file that init would write/,
  );
  expect((await run('help', 'verify')).stdout).toMatch(/--seed N [^]* else the\s+one in\s+the\s+metadata\n/);
});

test('recipe lists the built-in models for an unknown name', async () => {
  const { code, stderr } = await run('recipe', 'gpt5');
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('"gpt5" is neither a file nor a built-in model.'),
  ]);
});

test('shards without an index, and their folder in the place of a file, lead to what merge takes', async () => {
  const folder = makeFolder();
  const out = join(folder, 'm.safetensors');
  for (const shard of [2, 3]) writeFileSync(join(folder, `m-0000${shard}-of-00004.safetensors`), '');
  const verified = await run('verify', folder);
  expect([verified.code, verified.stderr]).toEqual([2, expect.stringContaining(`jumpfill merge ${out}`)]);
  const merged = await run('merge', folder);
  expect(merged.stderr).toContain(`is a folder. Name the file that its shards are named after: ${out}`);
});

test('the summary of a part names what comes when all are done', async () => {
  const out = join(makeFolder(), 'model.safetensors');
  const part = ['--part', '1/2', '--shard-size', '10MB'];
  const { stdout } = await run('init', VGG7, '--out', out, ...part);
  expect(stdout).toContain(`\nWhen all parts are done: jumpfill merge ${out}.index.json\n`);
});

test('parts of a model that is one file need no merge, and say so', async () => {
  const out = join(makeFolder(), 'model.safetensors');
  const whole = await run('init', writeSmallSpec(), '--out', out, '--part', '1/2');
  expect(whole.stdout).toContain('Part 1 of 2');
  expect(whole.stdout).not.toContain('merge');
  const empty = await run('init', writeSmallSpec(), '--out', out, '--part', '2/2');
  expect(empty.stdout).toMatch(/^no tensors\n/);
  const merged = await run('merge', out);
  expect([merged.code, merged.stderr]).toEqual([
    2,
    `jumpfill: ${dirname(out)} holds "model.safetensors" as one file, and no shard of it. One file needs no merging. [BAD_CHECKPOINT]\n`,
  ]);
});

test('recipe and --from, on a checkpoint without a recipe, do not suggest an option that they lack', async () => {
  const file = saveFile(frame(headerOf({ a: ['F32', [1], 0, 4] }), 4));
  for (const parameters of [
    ['recipe', file],
    ['plan', '--from', file],
  ]) {
    const { code, stderr } = await run(...parameters);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Only a checkpoint with the metadata that jumpfill wrote.*\[NO_RECIPE\]/);
    expect(stderr).not.toContain('--spec');
  }
});

test('--help and --version answer with exit code 0', async () => {
  const help = await run('--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  for (const word of [
    'init',
    '--out',
    '--seed',
    '--threads',
    '--force',
    '--checksum',
    '--json',
    '--quiet',
    'wage',
  ]) {
    expect(help.stdout).toContain(word);
  }
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

test.each(casesOf({ few: SIGNALS.slice(0, 1), all: SIGNALS }))(
  '%s during a write leaves no file, temporary or final, and exits with %i',
  async (signal, expected) => {
    const folder = makeFolder();
    const inner = { tensors: [{ name: 'w', shape: [2 ** 29], init: { kind: 'truncated_normal' } }] };
    const spec = writeSpec(makeFolder(), inner);
    const child = spawn(process.execPath, [CLI, 'init', spec, '--out', join(folder, 'm'), '--threads', '1']);
    const stderr: string[] = [];
    child.stderr.on('data', (text: Buffer) => stderr.push(text.toString()));
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await until(() => listFolder(folder).length > 0);
    child.kill(signal);
    expect(await exited).toBe(expected);
    expect(listFolder(folder)).toEqual([]);
    expect(stderr.join('')).toContain('interrupted');
  },
);

test('a process that has filled on the default engine ends by itself', async () => {
  const program = `import { SharedTensor, truncatedNormal_ } from 'jumpfill';
    const w = await truncatedNormal_(SharedTensor.empty([300_000]));
    console.log(w.data.length);`;
  const file = join('build', `ends-${process.pid}.mjs`);
  writeFileSync(file, program);
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  expect(stdout).toBe('300000\n');
});

/** What no command should meet: an answer that never comes, from something that keeps no process alive. */
const NO_ANSWER = `import { promises } from 'node:fs';
for (const name of ['open', 'readFile']) {
  const call = promises[name];
  promises[name] = (path, ...more) =>
    String(path).endsWith('vgg7-wage.json') ? new Promise(() => {}) : call(path, ...more);
}`;

test('a command that waits for what cannot happen ends with 13, and says so', async () => {
  const preload = `--import=data:text/javascript,${encodeURIComponent(NO_ANSWER)}`;
  const { code, stderr } = await spawnCli(['recipe', VGG7], { NODE_OPTIONS: preload });
  expect([code, stderr]).toEqual([
    13,
    'jumpfill: the command waits for what cannot happen any more, a fault of jumpfill: report it.\n',
  ]);
});
