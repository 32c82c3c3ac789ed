/** A worker whose writes fail with EIO from about the n-th of all threads on. FAIL_AT is n; FAIL_COUNT is the file in which they count. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { writeSync } = fs;
const { FAIL_AT, FAIL_COUNT } = process.env;
const count = fs.openSync(FAIL_COUNT, 'a');
fs.writeSync = (...parameters) => {
  writeSync(count, '.');
  if (fs.fstatSync(count).size < Number(FAIL_AT)) return writeSync(...parameters);
  throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', syscall: 'write' });
};
syncBuiltinESMExports();

export { default } from '../../dist/workers/fill.cjs';
