/** Checkpoints that another program saved without some of their tensors: the rest is compared, the missing ones are listed, and the verdict is never "equal". */
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, mergeCheckpoint, openCheckpoint } from 'jumpfill';
import { runCli, writeSpec, type CliRun } from '../../support/cli.js';
import { makeFolder } from '../../support/folder.js';
import { readSafetensors } from '../../support/safetensors.js';
import { frame, headerOf, indexOf, saveFile, type Entry } from '../../support/stored-files.js';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.close());

const NAMES = ['embed', 'norm', 'lm_head.weight'];
const SPEC = {
  seed: 5,
  default: { init: { kind: 'normal', std: 0.02 } },
  tensors: NAMES.map((name) => ({ name, shape: [10, 10] })),
};

/** What remains, in the order of the official writer: by name. */
function saveWithout(path: string, gone: readonly string[], { keepsMetadata = true } = {}): void {
  const { metadata, tensors } = readSafetensors(path);
  const kept = tensors.filter(({ name }) => !gone.includes(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  let end = 0;
  const entries = kept.map(({ name, dtype, shape, data }): [string, Entry] => {
    const begin = end;
    return [name, [dtype, shape, begin, (end += data.length)]];
  });
  const json = headerOf(Object.fromEntries(entries), keepsMetadata ? metadata : { format: 'pt' });
  const data = Buffer.concat(kept.map((tensor) => tensor.data));
  rmSync(path);
  writeFileSync(path, frame(json, data));
}

async function writeFile(): Promise<string> {
  const out = join(makeFolder(), 'model.safetensors');
  await engine.writeCheckpoint(SPEC, { out });
  return out;
}

/** A shard a tensor. */
async function writeShards(): Promise<{ folder: string; out: string; last: string }> {
  const folder = makeFolder();
  const out = join(folder, 'model.safetensors');
  await engine.writeCheckpoint(SPEC, { out, shardSize: 400 });
  return { folder, out, last: join(folder, 'model-00003-of-00003.safetensors') };
}

const verify = async (path: string, ...options: readonly string[]): Promise<CliRun> =>
  await runCli(['verify', path, ...options]);

const MISSING = { equal: false, differences: [], metadataDifferences: [], missing: ['lm_head.weight'] };

describe('a file that was saved again without a tensor', () => {
  test('is compared; its metadata name the missing tensor, and the exit code is 1', async () => {
    const path = await writeFile();
    saveWithout(path, ['lm_head.weight']);
    expect(await engine.verifyCheckpoint(path)).toMatchObject({ ...MISSING, checkedElements: 200 });
    const { code, stdout } = await verify(path);
    expect(code).toBe(1);
    expect(stdout).toMatch(/: incomplete: 200 elements,.*\n {2}missing: 1 tensor: "lm_head\.weight"\n$/);
    expect(JSON.parse((await verify(path, '--json')).stdout)).toMatchObject(MISSING);
  });

  test('is compared with a spec if the metadata are gone too, as when transformers saves tied weights', async () => {
    const path = await writeFile();
    saveWithout(path, ['lm_head.weight'], { keepsMetadata: false });
    expect(await engine.verifyCheckpoint(path, { spec: SPEC })).toMatchObject({
      ...MISSING,
      checkedElements: 200,
    });
    const { code, stdout } = await verify(path, '--spec', writeSpec(makeFolder(), SPEC));
    expect(code).toBe(1);
    expect(stdout).toMatch(/incomplete.*\n.*missing.*"lm_head\.weight"/);
  });

  test.each([[], ['--json']])('has tensors that can be compared alone %j', async (...format) => {
    const path = await writeFile();
    saveWithout(path, ['lm_head.weight']);
    expect(await verify(path, '--tensor', 'norm', ...format)).toMatchObject({ code: 0 });
    const missing = await verify(path, '--tensor', 'lm_head.weight', ...format);
    expect(missing.code).toBe(1);
    expect(missing.stdout).toMatch('lm_head.weight');
    const unknown = await verify(path, '--tensor', 'lm_head', ...format);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('[BAD_NAME]') as string });
  });

  test('counts as different if the rest is, and both are reported', async () => {
    const path = await writeFile();
    saveWithout(path, ['lm_head.weight']);
    const report = await engine.verifyCheckpoint(path, { seed: 6 });
    expect(report.differences.map(({ name }) => name)).toEqual(['embed', 'norm']);
    expect(report.missing).toEqual(['lm_head.weight']);
    expect((await verify(path, '--seed', '6')).stdout).toMatch(/: different: .*\n.*"embed": element/);
  });

  test('is inspected, and the missing tensor counts as not expected', async () => {
    const path = await writeFile();
    saveWithout(path, ['lm_head.weight']);
    const report = await engine.inspectCheckpoint(path);
    expect(report).toMatchObject({ missing: ['lm_head.weight'], warnings: [] });
    expect(report.verdicts).toEqual({ expected: 2, unexpected: 0, unknown: 0, unjudged: 0, unmeasured: 0 });
    const { code, stdout } = await runCli(['inspect', path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/NOT EXPECTED lm_head\.weight\n {2}missing from the checkpoint\n/);
  });

  test('has a recipe without the missing tensor, and a warning names it', async () => {
    const path = await writeFile();
    saveWithout(path, ['lm_head.weight']);
    const { code, stdout, stderr } = await runCli(['recipe', path]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ tensors: [{ name: 'embed' }, { name: 'norm' }] });
    expect(stderr).toMatch(/warning: .* was written with a tensor that is missing now: "lm_head\.weight"/);
  });

  test('may have lost all tensors', async () => {
    const path = await writeFile();
    saveWithout(path, NAMES);
    expect(await engine.verifyCheckpoint(path, { spec: SPEC })).toMatchObject({
      equal: false,
      missing: NAMES,
    });
  });
});

describe('shards, one of which was saved again without a tensor', () => {
  test('are compared, whether or not the index still names it', async () => {
    const { folder, last } = await writeShards();
    saveWithout(last, ['lm_head.weight']);
    expect(await engine.verifyCheckpoint(folder)).toMatchObject({ ...MISSING, checkedElements: 200 });
    expect(await engine.verifyCheckpoint(folder, { spec: SPEC })).toMatchObject(MISSING);
    expect((await engine.inspectCheckpoint(folder)).missing).toEqual(['lm_head.weight']);
    expect(await engine.verifyCheckpoint(folder, { tensors: ['norm'] })).toMatchObject({
      equal: true,
      missing: [],
    });
    const places = Object.fromEntries(
      ['embed', 'norm'].map((name, i) => [`model-0000${i + 1}-of-00003.safetensors`, [name]]),
    );
    saveFile(indexOf({ ...places, [basename(last)]: [] }), 'model.safetensors.index.json', folder);
    expect(await engine.verifyCheckpoint(folder, { spec: SPEC })).toMatchObject(MISSING);
  });

  test('are not merged, nor opened by calls that would not report the missing tensor', async () => {
    const { folder, out, last } = await writeShards();
    saveWithout(last, ['lm_head.weight']);
    const refusal = { code: 'BAD_CHECKPOINT', message: expect.stringContaining('"lm_head.weight') as string };
    await expect(mergeCheckpoint({ out, force: true })).rejects.toMatchObject(refusal);
    await expect(openCheckpoint(folder)).rejects.toMatchObject(refusal);
    await expect(
      engine.planCheckpoint({ default: { init: { kind: 'zeros' } } }, { like: folder }),
    ).rejects.toThrow(JumpfillError);
  });
});

test('an index that leaves out a tensor of its shards is read, and every command warns', async () => {
  const folder = makeFolder();
  const path = join(folder, 'a.safetensors');
  await engine.writeCheckpoint(SPEC, { out: path });
  saveFile(indexOf({ 'a.safetensors': ['embed', 'norm'] }), 'i.safetensors.index.json', folder);
  const warning = `${path} holds a tensor that the index does not name there: "lm_head.weight". It is not read.`;
  expect(await engine.verifyCheckpoint(folder)).toMatchObject({ checkedElements: 200, warnings: [warning] });
  expect(await engine.inspectCheckpoint(folder)).toMatchObject({ elementCount: 200, warnings: [warning] });
  const plan = await engine.planCheckpoint({ default: { init: { kind: 'zeros' } } }, { like: folder });
  expect(plan.warnings).toEqual([warning]);
  const checkpoint = await openCheckpoint(folder);
  expect(checkpoint.names).toEqual(['embed', 'norm']);
  expect(checkpoint.warnings).toEqual([warning]);
  for (const command of ['verify', 'inspect', 'recipe']) {
    expect((await runCli([command, folder])).stderr, command).toBe(`jumpfill: warning: ${warning}\n`);
  }
});
