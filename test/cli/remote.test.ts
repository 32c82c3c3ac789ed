/** The command line with a model of the Hub: what is written is what a copy on the disk gives, and Ctrl-C ends the requests. */
import { spawn } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLI, runCli, spawnCli, writeSpec } from '../support/cli.js';
import { listFolder, makeFolder } from '../support/folder.js';
import { hang, onlyWhere } from '../support/hub-faults.js';
import { startHub } from '../support/hub-server.js';
import { saveTinyLlama } from '../support/page-models.js';
import { saveFiles, saveSharded } from '../support/remote.js';
import { until } from '../support/until.js';

const SPEC = { seed: 7, default: { init: { kind: 'normal', std: 0.02 } } };

test('init and plan draw the same for a model of the Hub as for a copy of it, and name its commit', async () => {
  const [model, folder] = [saveFiles(saveSharded(3)), makeFolder()];
  await using hub = await startHub({ models: { 'o/n': model } });
  const spec = writeSpec(folder, SPEC);
  const fileFrom = async (like: string, name: string): Promise<Buffer> => {
    const out = join(folder, name);
    const { code, stdout, stderr } = await runCli(
      ['init', spec, '--like', like, '--out', out, '--json'],
      hub.environment,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { like: label } = JSON.parse(stdout) as { like: string };
    expect(label).toBe(like.startsWith('hf:') ? `hf:o/n@${hub.commitOf('o/n')}` : like);
    return readFileSync(out);
  };
  const [fromHub, fromDisk] = [
    await fileFrom('hf:o/n', 'a.safetensors'),
    await fileFrom(model, 'b.safetensors'),
  ];
  expect(fromHub.equals(fromDisk)).toBe(true);
  const plan = await runCli(['plan', spec, '--like', 'hf:o/n', '--json'], hub.environment);
  expect(JSON.parse(plan.stdout)).toMatchObject({ elementCount: 36, like: `hf:o/n@${hub.commitOf('o/n')}` });
});

test("a model's shapes, what its authors draw, and the files beside it come from the Hub, at one commit", async () => {
  const [model, folder] = [saveTinyLlama(), makeFolder()];
  await using hub = await startHub({ models: { 'o/llama': model } });
  const out = join(folder, 'model.safetensors');
  const parameters = ['--like', 'hf:o/llama', '--init', 'auto', '--with-config', '--seed', '1', '--json'];
  const { code, stdout, stderr } = await runCli(['init', ...parameters, '--out', out], hub.environment);
  expect(code, stderr).toBe(0);
  const { tensors } = JSON.parse(stdout) as { tensors: readonly { name: string; init: unknown }[] };
  const initOf = (name: string): unknown => tensors.find((tensor) => tensor.name === name)?.init;
  expect(initOf('model.norm.weight')).toEqual({ kind: 'ones' });
  expect(initOf('lm_head.weight')).toMatchObject({ kind: 'normal', std: 0.02 });
  for (const name of ['config.json', 'generation_config.json', 'tokenizer.json'])
    expect(readFileSync(join(folder, name), 'utf8')).toBe(readFileSync(join(model, name), 'utf8'));
  expect((await runCli(['verify', out, '--quiet'])).code).toBe(0);
  const paths = hub.served.map(({ path }) => path).filter((path) => path.includes('/resolve/'));
  expect(paths.every((path) => path.includes(`/resolve/${hub.commitOf('o/llama')}/`))).toBe(true);
});

test('what is kept of a branch of the Hub is refused until its commit is downloaded, then copied by the same command', async () => {
  const [model, cache, folder] = [saveFiles(saveSharded(2)), makeFolder(), makeFolder()];
  await using hub = await startHub({ models: { 'o/n': model } });
  const commit = hub.commitOf('o/n');
  const keep = (like: string, name: string): ReturnType<typeof runCli> =>
    runCli(['init', '--like', like, '--init', 'keep', '--seed', '1', '--out', join(folder, name)], {
      ...hub.environment,
      HF_HUB_CACHE: cache,
    });
  const refused = await keep('hf:o/n', 'a.safetensors');
  expect(refused.stderr).toContain(`Run \`hf download o/n --revision ${commit}\`, then run this again`);
  cpSync(model, join(cache, 'models--o--n/snapshots', commit), { recursive: true });
  for (const [like, name] of [
    ['hf:o/n', 'a.safetensors'],
    [model, 'b.safetensors'],
  ] as const) {
    const { code, stderr } = await keep(like, name);
    expect({ code, stderr }).toMatchObject({ code: 0 });
  }
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  expect(read('a.safetensors').equals(read('b.safetensors'))).toBe(true);
});

test('from the spec that recipe prints of a model of the Hub, init writes the same without the Hub', async () => {
  const folder = makeFolder();
  await using hub = await startHub({ models: { 'o/llama': saveTinyLlama() } });
  const like = ['--like', 'hf:o/llama', '--init', 'auto'];
  const recipe = await runCli(['recipe', ...like], hub.environment);
  expect({ code: recipe.code, stderr: recipe.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(recipe.stdout)).not.toHaveProperty('seed');
  const fileFrom = async (source: readonly string[], name: string): Promise<Buffer> => {
    const out = join(folder, name);
    const { code, stderr } = await runCli(['init', ...source, '--out', out, '--seed', '3'], hub.environment);
    expect(code, stderr).toBe(0);
    return readFileSync(out);
  };
  const direct = await fileFrom(like, 'a.safetensors');
  const asked = hub.served.length;
  const again = await fileFrom([writeSpec(makeFolder(), recipe.stdout)], 'b.safetensors');
  expect(hub.served).toHaveLength(asked);
  expect(again.equals(direct)).toBe(true);
});

test('the summaries of init and plan name the model and its commit', async () => {
  await using hub = await startHub({ models: { 'o/n': saveFiles(saveSharded(1)) } });
  const parameters = [writeSpec(makeFolder(), SPEC), '--like', 'hf:o/n', '--out'];
  const out = join(makeFolder(), 'model.safetensors');
  for (const command of ['plan', 'init']) {
    const { stdout } = await runCli([command, ...parameters, out], hub.environment);
    expect(stdout).toContain(`, like hf:o/n@${hub.commitOf('o/n').slice(0, 12)}\n`);
  }
});

test('a path that does not exist but may be a name of the Hub leads to its address', async () => {
  const { code, stderr } = await runCli(['plan', '--like', 'acme/tiny-llama', '--init', 'auto']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Did you mean hf:acme/tiny-llama?')]);
});

test('recipe resolves a spec of rules like another model, with the seed that it is given', async () => {
  const spec = writeSpec(makeFolder(), SPEC);
  const model = saveFiles(saveSharded(3));
  const printed = async (...more: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await runCli(['recipe', spec, '--like', model, ...more]);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  expect(await printed()).toMatchObject({
    seed: 7,
    default: SPEC.default,
    tensors: Array(6).fill({ shape: [2, 3] }),
  });
  expect(await printed('--seed', '9', '--generator', 'torch')).toMatchObject({ seed: 9, generator: 'torch' });
});

test('--out - plans and draws at one commit', async () => {
  const revisions: Record<string, string> = { main: saveFiles(saveSharded(1)) };
  await using hub = await startHub({ models: { 'o/n': revisions } });
  const spec = writeSpec(makeFolder(), SPEC);
  const { code, stderr } = await spawnCli(
    ['init', spec, '--like', 'hf:o/n', '--out', '-', '--quiet'],
    hub.environment,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const asked = hub.served.filter(({ path }) => path.startsWith('/api/models/')).map(({ path }) => path);
  expect(asked.map((path) => path.split('/').at(-1))).toEqual(['main', hub.commitOf('o/n')]);
});

test('a wrong address is wrong usage, and names the option', async () => {
  const spec = writeSpec(makeFolder(), SPEC);
  const { code, stderr } = await runCli(['plan', spec, '--like', 'hf:a/b/unet']);
  expect(code).toBe(2);
  expect(stderr).toContain(
    '--like is "hf:a/b/unet", which names no model of the Hub. Did you mean hf:a/b:unet?',
  );
});

test.each(['plan', 'init'])(
  'Ctrl-C while headers are read ends %s with 130 and leaves nothing',
  async (command) => {
    const isHeader = onlyWhere(({ range }) => range !== undefined, hang);
    await using hub = await startHub({ models: { m: saveFiles(saveSharded(3)) }, fault: isHeader });
    const folder = makeFolder();
    const parameters = [
      command,
      writeSpec(makeFolder(), SPEC),
      '--like',
      'hf:m',
      '--out',
      join(folder, 'm.safetensors'),
    ];
    const child = spawn(process.execPath, [CLI, ...parameters], {
      env: { ...process.env, ...hub.environment },
    });
    const stderr: string[] = [];
    child.stderr.on('data', (text: Buffer) => stderr.push(text.toString()));
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await until(() => hub.served.some(({ range }) => range !== undefined));
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    expect(stderr.join('')).toBe('jumpfill: interrupted; nothing was left behind.\n');
    expect(listFolder(folder)).toEqual([]);
  },
);
