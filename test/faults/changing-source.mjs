/**
 * A worker that changes the file of CHANGED_FILE at its first write of a tensor's bytes: by CHANGE, `touch` gives it another time, `cut` leaves
 * only its first half.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { writeSync } = fs;
const { CHANGED_FILE: path, CHANGE: change } = process.env;
let isChanged = false;
fs.writeSync = (...parameters) => {
  if (!isChanged) {
    isChanged = true;
    if (change === 'touch') fs.utimesSync(path, 1, 1);
    else fs.truncateSync(path, fs.statSync(path).size / 2);
  }
  return writeSync(...parameters);
};
syncBuiltinESMExports();

export { default } from '../../dist/workers/fill.cjs';
