/** The model of these tests: eight shards, so that each of four parts has two. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { spawnCli } from '../../support/cli.js';
import { makeFolder } from '../../support/folder.js';

export const PARTS = 4;
/** Room for one tensor. */
export const SHARD_SIZE = '5MB';
const TENSORS = 8;

/** Four megabytes a tensor: eight pieces of a file, or more. */
export const SPEC = {
  seed: 42,
  default: { dtype: 'float32', init: { kind: 'truncated_normal', std: 0.02 } },
  tensors: Array.from({ length: TENSORS }, (_, i) => ({ name: `${i}.weight`, shape: [1000, 1000] })),
};

/** A user's project: jumpfill in its node_modules, and a spec. */
export function makeProject(): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(resolve('dist/src/cli.js'), join(folder, 'node_modules/.bin/jumpfill'));
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(SPEC));
  return folder;
}

/** SHA-256 of the checkpoint's files, by name; work folders and other files are left out. */
export function hashesOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => /\.safetensors(?:\.index\.json)?$/.test(name));
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/** The hashes of what one undisturbed process writes. */
export async function hashesOfPlainRun(): Promise<Readonly<Record<string, string>>> {
  const folder = makeProject();
  const out = join(folder, 'model.safetensors');
  const run = await spawnCli(['init', join(folder, 'spec.json'), '--out', out, '--shard-size', SHARD_SIZE]);
  expect(run.code, run.stderr).toBe(0);
  const hashes = hashesOf(folder);
  expect(Object.keys(hashes)).toHaveLength(TENSORS + 1);
  return hashes;
}
