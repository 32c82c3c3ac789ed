/** A worker whose writes fail with EIO from the n-th of its thread on; n is in FAIL_AT of the environment. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { writeSync } = fs;
const first = Number(process.env.FAIL_AT);
let writes = 0;
fs.writeSync = (...parameters) => {
  if (++writes < first) return writeSync(...parameters);
  throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', syscall: 'write' });
};
syncBuiltinESMExports();

export { default } from '../../dist/workers/fill.js';
