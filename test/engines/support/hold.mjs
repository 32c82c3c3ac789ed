/**
 * Loaded before a program (NODE_OPTIONS). Once the threads of a process have written four pieces of files together, the one that wrote the
 * last makes the file HOLD_MARK, with the number of the process in it: only one ever does. HOLD_HOW says what happens then: `stop` stops the process (SIGSTOP), `kill` kills it, `wait` has the
 * thread wait for the file HOLD_MARK.released, which SIGTERM makes. HOLD_IF is a regular expression that chooses processes by their arguments,
 * their task's number and their host's name.
 */
import fs from 'node:fs';
import { hostname } from 'node:os';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const PIECES = 4;
const { HOLD_IF, HOLD_HOW, HOLD_MARK, SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX } = process.env;
const text = [
  ...process.argv,
  `task ${SLURM_ARRAY_TASK_ID ?? JOB_COMPLETION_INDEX}`,
  `host ${hostname()}`,
].join(' ');

function isFirst() {
  try {
    fs.writeFileSync(HOLD_MARK, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

const cell = new Int32Array(new SharedArrayBuffer(4));
const POLL_MS = 20;
const RELEASED = `${HOLD_MARK}.released`;

function hold() {
  if (HOLD_HOW === 'stop') process.kill(process.pid, 'SIGSTOP');
  else if (HOLD_HOW === 'kill') process.kill(process.pid, 'SIGKILL');
  else while (!fs.existsSync(RELEASED)) Atomics.wait(cell, 0, 0, POLL_MS);
}

// Threads have no arguments of the process, but a copy of its environment.
if (isMainThread) {
  const isMeant = new RegExp(HOLD_IF).test(text);
  process.env.HOLD_ME = String(isMeant);
  // Before the program's own listener: the thread goes on when that has been called.
  if (isMeant && HOLD_HOW === 'wait') process.once('SIGTERM', () => fs.writeFileSync(RELEASED, ''));
} else if (process.env.HOLD_ME === 'true') {
  const { writeSync } = fs;
  // A byte for each piece of all threads: how the pieces fall to them is a matter of chance.
  const count = fs.openSync(`${HOLD_MARK}.${hostname()}.${process.pid}`, 'a');
  fs.writeSync = (...parameters) => {
    const written = writeSync(...parameters);
    writeSync(count, '.');
    if (fs.fstatSync(count).size >= PIECES && isFirst()) hold();
    return written;
  };
  syncBuiltinESMExports();
}
