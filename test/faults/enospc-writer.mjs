/** A worker whose second write fails with ENOSPC, as the system would report it. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { writeSync } = fs;
let writes = 0;
fs.writeSync = (...parameters) => {
  if (++writes < 2) return writeSync(...parameters);
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
};
syncBuiltinESMExports();

export { default } from '../../dist/workers/fill.cjs';
