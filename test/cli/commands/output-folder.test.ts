/** `init` makes the folder of its output, and no other. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli, writeSpec } from '../../support/cli.js';
import { listFolder, makeFolder } from '../../support/folder.js';

const SPEC = { seed: 1, tensors: [{ name: 'w', shape: [4], init: { kind: 'ones' } }] };

test('the folder of the output is made', async () => {
  const folder = makeFolder();
  const spec = writeSpec(makeFolder(), SPEC);
  const { code } = await runCli(['init', spec, '--out', join(folder, 'tiny', 'model.safetensors')]);
  expect(code).toBe(0);
  expect(listFolder(join(folder, 'tiny'))).toEqual(['model.safetensors']);
});

test('plan knows the free space of a folder that init would make', async () => {
  const out = join(makeFolder(), 'tiny', 'model.safetensors');
  const { stdout } = await runCli(['plan', writeSpec(makeFolder(), SPEC), '--out', out]);
  expect(stdout).toMatch(/ free: enough\.\n$/);
});

test('the folders above it are not, and the message says so', async () => {
  const folder = makeFolder();
  const spec = writeSpec(makeFolder(), SPEC);
  const { code, stderr } = await runCli(['init', spec, '--out', join(folder, 'a', 'b', 'model.safetensors')]);
  expect(code).toBe(1);
  expect(stderr).toContain(`The output folder ${join(folder, 'a', 'b')} does not exist.`);
  expect(listFolder(folder)).toEqual([]);
});

test('a run that is refused leaves no folder that it has made, and keeps one that was there', async () => {
  const folder = makeFolder();
  const spec = writeSpec(makeFolder(), { ...SPEC, tensors: [{ name: 'w', shape: [-4] }] });
  mkdirSync(join(folder, 'there'));
  for (const name of ['made', 'there']) {
    const { code } = await runCli(['init', spec, '--out', join(folder, name, 'model.safetensors')]);
    expect(code).toBe(2);
  }
  expect(listFolder(folder)).toEqual(['there']);
});

test('a file in the place of the folder is refused and left alone', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'tiny'), 'mine');
  const spec = writeSpec(makeFolder(), SPEC);
  const { code, stderr } = await runCli(['init', spec, '--out', join(folder, 'tiny', 'model.safetensors')]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('is not a folder')]);
  expect(listFolder(folder)).toEqual(['tiny']);
});
