/** The commands that make and use checkpoints: what they print, what they leave, how they exit. */
import { spawn } from 'node:child_process';
import fs, { openSync, readFileSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { countThreads } from '../../src/engine/host/threads.js';
import { asTerminal, CLI, runCli, writeSpec } from '../support/cli.js';
import { restoreCalls } from '../support/failing-calls.js';
import { findOwn } from '../support/work-folder.js';
import { listFolder, makeFolder } from '../support/folder.js';
import { saveTensors } from '../support/inspected.js';
import { readSafetensors } from '../support/safetensors.js';
import { until } from '../support/until.js';
import { slowTest } from '../support/thorough.js';

afterEach(restoreCalls);

const SPEC = {
  seed: 42,
  shard_size: '100KB',
  default: { init: { kind: 'truncated_normal', std: 0.02 } },
  rules: [{ match: '*.bias', init: { kind: 'zeros' } }],
  tensors: ['a', 'b', 'c'].flatMap((name) => [
    { name: `${name}.weight`, shape: [400, 50] },
    { name: `${name}.bias`, shape: [400] },
  ]),
};

async function writeCheckpoint(
  spec: object = SPEC,
): Promise<{ folder: string; index: string; spec: string }> {
  const folder = makeFolder();
  const path = writeSpec(makeFolder(), spec);
  expect(await runCli(['init', path, '--out', join(folder, 'm.safetensors'), '--quiet'])).toMatchObject({
    code: 0,
  });
  return { folder, index: join(folder, 'm.safetensors.index.json'), spec: path };
}

describe('plan', () => {
  test('prints files, sizes and free space, and writes nothing', async () => {
    const folder = makeFolder();
    const spec = writeSpec(folder, SPEC);
    const { code, stdout, stderr } = await runCli(['plan', spec, '--out', join(folder, 'm.safetensors')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^a\.weight .* m-00001-of-00003\.safetensors$/m);
    expect(stdout).toMatch(/^file +tensors +elements +bytes$/m);
    expect(stdout).toMatch(
      /^3 files, 6 tensors, 61,200 elements, 246,480 bytes \(246\.48 KB\)\n[\d.]+ [KMGT]B free: enough\.$/m,
    );
    expect(listFolder(folder)).toEqual(['spec.json']);
  });

  test('marks files that exist, and says what does not fit', async () => {
    const { folder, spec } = await writeCheckpoint();
    expect((await runCli(['plan', spec, '--out', join(folder, 'm.safetensors')])).stdout).toMatch(
      / exists$/m,
    );
    const large = writeSpec(folder, {
      tensors: [{ name: 'w', shape: [2 ** 25, 2 ** 25], init: { kind: 'ones' } }],
    });
    const tooLarge = await runCli(['plan', large]);
    expect(tooLarge.stdout).toMatch(/free: [\d.]+ TB too little\.$/m);
  });

  test('warns of as many open files as init would need with its threads', async () => {
    const limits = 'Max open files            32                   32                   files\n';
    const { readFileSync: read } = fs;
    vi.spyOn(fs, 'readFileSync').mockImplementation(((path: string, options: 'utf8') =>
      path === '/proc/self/limits' ? limits : read(path, options)) as typeof read);
    syncBuiltinESMExports();
    const { code, stderr } = await runCli(['plan', writeSpec(makeFolder(), { ...SPEC, shard_size: 1000 })]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: \d+ files must be open at once, and this process may open only 0 more/);
    expect(stderr).toContain(`beside its ${countThreads()} threads.`);
  });

  test('--json is the plan as data', async () => {
    const spec = writeSpec(makeFolder(), SPEC);
    const plan = JSON.parse((await runCli(['plan', spec, '--json', '--part', '2/2'])).stdout) as object;
    expect(plan).toMatchObject({
      seed: '42',
      elementCount: 20_400,
      files: [{ tensors: ['b.weight', 'b.bias'] }],
    });
  });
});

describe('parts', () => {
  test('written one by one, as under Slurm and Kubernetes, and merged, verify as equal', async () => {
    const folder = makeFolder();
    const spec = writeSpec(makeFolder(), SPEC);
    const out = join(folder, 'm.safetensors');
    const slurm = { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '2' };
    const init = ['init', spec, '--out', out, '--quiet', '--part'];
    expect(await runCli([...init, 'auto'], slurm)).toMatchObject({ code: 0 });
    expect(listFolder(folder)).toEqual(['m-00002-of-00003.safetensors']);
    const early = await runCli(['merge', out]);
    expect(early.code).toBe(2);
    expect(early.stderr).toContain(
      'lacks 2 of 3 shards: "m-00001-of-00003.safetensors", "m-00003-of-00003.safetensors"',
    );
    expect(await runCli([...init, 'auto/2'], { JOB_COMPLETION_INDEX: '0' })).toMatchObject({ code: 0 });
    const merged = await runCli(['merge', out]);
    expect(merged).toEqual({
      code: 0,
      stdout: `${out}.index.json: 3 shards, 6 tensors, 244,800 bytes of tensors, seed 42\n`,
      stderr: '',
    });
    expect(await runCli(['verify', folder, '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('a single task of a Slurm array that runs again is refused with auto, and writes the same part with auto/3', async () => {
    const folder = makeFolder();
    const init = ['init', writeSpec(makeFolder(), SPEC), '--out', join(folder, 'm.safetensors'), '--part'];
    const alone = {
      SLURM_ARRAY_TASK_ID: '2',
      SLURM_ARRAY_TASK_MIN: '2',
      SLURM_ARRAY_TASK_MAX: '2',
      SLURM_ARRAY_TASK_COUNT: '1',
    };
    const { code, stderr } = await runCli([...init, 'auto'], alone);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'SLURM_ARRAY_TASK_ID is 2, which may also be one task of a larger array that runs again. Write auto/N',
    );
    expect(listFolder(folder)).toEqual([]);
    expect(await runCli([...init, 'auto/3'], alone)).toMatchObject({ code: 0 });
    expect(listFolder(folder)).toEqual(['m-00002-of-00003.safetensors']);
  });
});

describe('verify', () => {
  test('exits with 0 if all is equal, with 1 and the first difference if not, with 2 if it is not a checkpoint', async () => {
    const { folder, index } = await writeCheckpoint();
    const equal = await runCli(['verify', index]);
    expect(equal.code).toBe(0);
    expect(equal.stdout).toMatch(/: equal: 61,200 elements, 244,800 bytes/);
    const shard = join(folder, 'm-00002-of-00003.safetensors');
    const position = readSafetensors(shard).tensors[0]?.begin ?? 0;
    const file = openSync(shard, 'r+');
    writeSync(file, Buffer.from([0, 0, 128, 63]), 0, 4, position + 4 * 1203);
    closeSync(file);
    const different = await runCli(['verify', folder]);
    expect(different.code).toBe(1);
    expect(different.stdout).toContain('"b.weight": element 1203, [24, 3], is 1, expected ');
    expect(different.stdout).toContain(`byte ${position + 4 * 1203} of ${shard}`);
    expect(different.stdout).toContain('"b.weight"  1 element differs');
    expect(await runCli(['verify', folder, '--tensor', 'a.weight', '--tensor', 'c.bias'])).toMatchObject({
      code: 0,
    });
    expect((await runCli(['verify', join(folder, 'nothing')])).code).toBe(2);
  });

  test('takes a spec of rules for a checkpoint without a recipe, and checks a share of it', async () => {
    const { folder, spec } = await writeCheckpoint({ ...SPEC, shard_size: undefined });
    const path = join(folder, 'm.safetensors');
    const bytes = readFileSync(path).toString('latin1');
    writeFileSync(path, bytes.replace('"jumpfill":', '"whatever":'), 'latin1');
    const untold = await runCli(['verify', path]);
    expect(untold.code).toBe(2);
    expect(untold.stderr).toMatch(/--spec.*\[NO_RECIPE\]/);
    expect(await runCli(['verify', path, '--spec', spec, '--sample', '10%'])).toMatchObject({ code: 0 });
    const { seed, default: usual, rules: patterns } = SPEC;
    const rules = { seed, default: usual, rules: patterns };
    const ofRules = writeSpec(makeFolder(), rules);
    expect(await runCli(['verify', path, '--spec', ofRules])).toMatchObject({ code: 0 });
    expect(await runCli(['verify', path, '--spec', spec, '--seed', '43', '--quiet'])).toMatchObject({
      code: 1,
    });
  });
});

describe('from an existing checkpoint', () => {
  test('--from writes a checkpoint again, byte for byte, and so does what recipe prints', async () => {
    const { folder } = await writeCheckpoint();
    const recipe = await runCli(['recipe', folder]);
    expect(recipe).toMatchObject({ code: 0, stderr: '' });
    const spec = writeSpec(makeFolder(), recipe.stdout);
    for (const source of [['--from', folder], [spec]]) {
      const again = makeFolder();
      expect(
        await runCli(['init', ...source, '--out', join(again, 'm.safetensors'), '--quiet']),
      ).toMatchObject({ code: 0 });
      expect(listFolder(again)).toEqual(listFolder(folder));
      for (const name of listFolder(folder)) {
        expect(readFileSync(join(again, name))).toEqual(readFileSync(join(folder, name)));
      }
    }
  });

  test('--like takes names, shapes and dtypes of a checkpoint; tensors that no rule gives an init are listed', async () => {
    const { folder } = await writeCheckpoint();
    const out = join(makeFolder(), 'like.safetensors');
    const rules = [{ match: '*.weight', init: { kind: 'xavier_normal' } }];
    const init = [
      'init',
      writeSpec(makeFolder(), { seed: 1, rules }),
      '--like',
      folder,
      '--out',
      out,
      '--quiet',
    ];
    const refused = await runCli(init);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/3 .*"a\.bias", "b\.bias", "c\.bias"/);
    const whole = [
      ...rules,
      { match: 're:.*bias', init: { kind: 'zeros' } },
      { match: '*.scale', init: { kind: 'ones' } },
    ];
    const done = await runCli([
      ...init.slice(0, 1),
      writeSpec(makeFolder(), { seed: 1, rules: whole }),
      ...init.slice(2),
    ]);
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(/warning: rules\[2\].*\*\.scale/);
    expect(readSafetensors(out).tensors.map(({ name }) => name)).toEqual(
      SPEC.tensors.map(({ name }) => name),
    );
  });
});

describe('standard output', () => {
  const shell = async (command: string): Promise<{ code: number; stderr: string }> => {
    const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const stderr: string[] = [];
    child.stderr.on('data', (text: Buffer) => stderr.push(text.toString()));
    return await new Promise((resolve) =>
      child.on('exit', (code) => {
        resolve({ code: code ?? -1, stderr: stderr.join('') });
      }),
    );
  };

  test('takes the bytes of the file, and the report goes to standard error', async () => {
    const folder = makeFolder();
    const spec = writeSpec(folder, { ...SPEC, shard_size: undefined });
    const init = `${process.execPath} ${CLI} init ${spec} --out`;
    await runCli(['init', spec, '--out', join(folder, 'file'), '--quiet']);
    const { code, stderr } = await shell(`${init} - > ${join(folder, 'pipe')}`);
    expect(code).toBe(0);
    expect(stderr).toContain('61,200 elements');
    expect(readFileSync(join(folder, 'pipe'))).toEqual(readFileSync(join(folder, 'file')));
  });

  test('takes tensors that are kept beside those that are drawn, as a file does, and the report names their source', async () => {
    const folder = makeFolder();
    const [like, out] = [join(folder, 'like.safetensors'), join(folder, 'file')];
    const unsharded = writeSpec(folder, { ...SPEC, shard_size: undefined });
    await runCli(['init', unsharded, '--out', like, '--quiet']);
    const rules = [{ match: 'c.*', init: { kind: 'normal', std: 0.5 } }];
    const spec = writeSpec(makeFolder(), { seed: 7, rules });
    const parameters = [spec, '--like', like, '--init', 'keep'];
    await runCli(['init', ...parameters, '--out', out, '--quiet']);
    const command = [process.execPath, CLI, 'init', ...parameters, '--out - --json'].join(' ');
    const { code, stderr } = await shell(`${command} > ${join(folder, 'pipe')}`);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({ like, seed: '7', byteLength: readFileSync(out).length });
    expect(readFileSync(join(folder, 'pipe'))).toEqual(readFileSync(out));
    expect(await runCli(['verify', join(folder, 'pipe'), '--like', like, '--quiet'])).toMatchObject({
      code: 0,
    });
  });

  test('is no place for a model while it is a terminal', async () => {
    const spec = writeSpec(makeFolder(), { tensors: [{ name: 'w', shape: [9], init: { kind: 'ones' } }] });
    await asTerminal(process.stdout, async () => {
      const { code, stdout, stderr } = await runCli(['init', spec, '--out', '-', '--quiet']);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('would write the bytes of a model to the terminal');
    });
  });

  test('that is closed too early is a failure, reported in one line; options for files are refused', async () => {
    const spec = writeSpec(makeFolder(), {
      tensors: [{ name: 'w', shape: [2 ** 20], init: { kind: 'ones' } }],
    });
    const init = `${process.execPath} ${CLI} init ${spec} --out -`;
    const { code, stderr } = await shell(`${init} --quiet | head -c 100`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^jumpfill: Standard output was closed before all \d+ bytes were written\..*\n$/);
    const full = await shell(`${init} --quiet > /dev/full`);
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/^jumpfill: Standard output: writing failed: ENOSPC.*\[NO_SPACE\]\n$/);
    expect(await runCli(['init', spec, '--out', '-', '--shard-size', '1MB'])).toMatchObject({ code: 2 });
    expect((await runCli(['init', spec, '--out', '-', '--resume'])).stderr).toContain(
      '--resume is for files',
    );
  });
});

slowTest(
  'a run that is interrupted with --resume says where it keeps its work, and can be continued',
  async () => {
    const folder = makeFolder();
    const large = { seed: 1, tensors: [{ name: 'w', shape: [2 ** 26], init: { kind: 'truncated_normal' } }] };
    const parameters = ['init', writeSpec(makeFolder(), large), '--out', join(folder, 'm'), '--resume'];
    const child = spawn(process.execPath, [CLI, ...parameters, '--record-every', '0', '--threads', '1']);
    const stderr: string[] = [];
    child.stderr.on('data', (text: Buffer) => stderr.push(text.toString()));
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const journal = (): string => {
      try {
        const [work = ''] = listFolder(folder);
        return readFileSync(findOwn(join(folder, work), 'journal'), 'utf8');
      } catch {
        return '';
      }
    };
    await until(() => /"done":"\d/.test(journal()));
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    expect(stderr.join('')).toMatch(
      /interrupted; finished work is kept in .*\.jumpfill-[0-9a-f]{12}; pass --resume to continue\./,
    );
    const resumed = await runCli(parameters);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/[\d,]+ elements kept from an earlier run/);
    expect(await runCli(['verify', join(folder, 'm'), '--sample', '5%', '--quiet'])).toMatchObject({
      code: 0,
    });
  },
);

test('inspect exits with 1 if a tensor is not as expected or missing, with 0 if none has a recipe', async () => {
  const { folder } = await writeCheckpoint();
  const against = async (...tensors: readonly object[]): Promise<unknown> => {
    const spec = writeSpec(makeFolder(), { tensors });
    const { code, stdout } = await runCli(['inspect', folder, '--spec', spec]);
    return { code, verdicts: stdout.trimEnd().split('\n').at(-1) };
  };
  expect(await runCli(['inspect', folder, '--quiet'])).toMatchObject({ code: 0 });
  const plain = saveTensors({ w: { dtype: 'F32', elements: Float32Array.of(1, NaN) } });
  expect(await runCli(['inspect', plain, '--quiet'])).toMatchObject({ code: 0 });
  const other = { name: 'a.weight', shape: [1], init: { kind: 'ones' } };
  const gone = { name: 'gone', shape: [1], init: { kind: 'ones' } };
  expect(await against(other)).toEqual({ code: 1, verdicts: '1 NOT EXPECTED, 5 without a recipe' });
  expect(await against(gone)).toEqual({ code: 1, verdicts: '1 MISSING, 6 without a recipe' });
});

describe('a wrong command exits with 2, says what to do, and writes nothing', () => {
  test.each([
    [['plan'], 'plan: SPEC.json is missing'],
    [['verify'], 'verify: CHECKPOINT is missing'],
    [['verify', 'x', '--force'], 'verify has no option --force'],
    [['verify', 'x', '--sample', '0'], '--sample is "0". It takes a share above 0'],
    [['verify', 'x', '--sample', '101%'], '--sample is "101%"'],
    [['merge'], 'merge: FILE is missing'],
    [['inspect', 'x', '--html', '-'], 'inspect: --html takes a file'],
    [
      ['recipe', 'x', '--json'],
      'recipe has no option --json. Known: --like, --init, --seed, --generator, --help',
    ],
    [['schema', 'x'], 'schema: unexpected argument "x". It takes none.'],
    [['init', 'x', '--from', 'y', '--out', 'z'], '--from cannot be combined with a spec'],
    [['init', '--from', 'y', '--like', 'w', '--out', 'z'], '--from cannot be combined with --like'],
    [
      ['init', 'bench/models/vgg7-wage.json', '--out', 'y', '--shard-size', '5 apples'],
      '--shard-size is "5 apples". Write a size such as "5GB"',
    ],
    [['init', 'bench/models/vgg7-wage.json', '--out', 'y', '--part', '3/2'], 'The part "3/2" is part 3 of 2'],
    [
      ['init', 'bench/models/vgg7-wage.json', '--out', 'y', '--part', 'auto'],
      'This process is not a task of a job array: the environment has none of SLURM_ARRAY_TASK_ID',
    ],
    [['init', 'bench/models/vgg7-wage.json', '--out', 'y', '--record-every', '-1'], '--record-every'],
  ])('%j', async (parameters, message) => {
    const { code, stdout, stderr } = await runCli(parameters);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});

test('--help after a command lists its options', async () => {
  const { code, stdout } = await runCli(['verify', '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^jumpfill verify CHECKPOINT \[options\]\n/);
  expect(stdout).toContain('--sample SHARE');
  expect(stdout).not.toContain('--force');
});
