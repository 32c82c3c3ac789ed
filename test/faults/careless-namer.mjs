/** The command line with a fault: files get their names first and their bytes after, where they should be renamed or linked. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { lstat, open, readFile, rename, unlink } = fs.promises;

async function copy(from, to) {
  const bytes = await readFile(from);
  const file = await open(to, 'w');
  const half = bytes.length >> 1;
  await file.write(bytes.subarray(0, half));
  await file.write(bytes.subarray(half));
  await file.close();
}

fs.promises.link = copy;
fs.promises.rename = async (from, to) => {
  if ((await lstat(from)).isDirectory()) return await rename(from, to);
  await copy(from, to);
  await unlink(from);
};
syncBuiltinESMExports();
await import('../../dist/src/cli.js');
