/** A worker whose second read fails with EIO, as the system would report it. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { readSync } = fs;
let reads = 0;
fs.readSync = (...parameters) => {
  if (++reads < 2) return readSync(...parameters);
  throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
};
syncBuiltinESMExports();

export { default } from '../../dist/workers/fill.js';
