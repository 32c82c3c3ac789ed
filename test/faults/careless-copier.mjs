/** The command line with a fault: it writes to another folder, then copies piece by piece, so that names appear before their bytes. */
import { mkdirSync } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const PIECES = 16;

const outIndex = process.argv.indexOf('--out') + 1;
const folder = dirname(process.argv[outIndex]);
const elsewhere = `${folder}-elsewhere`;

async function copy(name) {
  const bytes = await readFile(join(elsewhere, name));
  const file = await open(join(folder, name), 'w');
  const length = Math.ceil(bytes.length / PIECES);
  for (let start = 0; start < bytes.length; start += length) {
    await file.write(bytes.subarray(start, start + length));
  }
  await file.close();
}

async function copyAll() {
  if (!process.exitCode) for (const name of await readdir(elsewhere)) await copy(name);
  await rm(elsewhere, { recursive: true });
}

if (process.argv[2] === 'init') {
  mkdirSync(elsewhere, { recursive: true });
  process.argv[outIndex] = join(elsewhere, basename(process.argv[outIndex]));
  process.once('beforeExit', () => void copyAll());
}
await import('../../dist/src/cli.js');
