/** A worker whose second read of a range fails with EIO, as the system would report it. Node's own reads, of modules, have no position. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { readSync } = fs;
let reads = 0;
fs.readSync = (...parameters) => {
  const [, , , , position] = parameters;
  if (typeof position !== 'number' || ++reads < 2) return readSync(...parameters);
  throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
};
syncBuiltinESMExports();

export { default } from '../../dist/workers/fill.cjs';
