/** A Python process with torch, asked over a pipe (answers.py has the requests). */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The interpreter to ask. */
export const python = process.env.JUMPFILL_PYTHON || 'python3';

export const hasTorch = () => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;

/** @returns what torch it is, `ask`, which may be called again before it answers, and `close` */
export async function startTorch() {
  const child = spawn(python, [fileURLToPath(new URL('answers.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextAnswer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ended before it answered`);
    return JSON.parse(value);
  };
  const meta = await nextAnswer();
  const ask = (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return nextAnswer();
  };
  return { meta, ask, close: () => child.stdin.end() };
}
