/**
 * Loaded before a program (--import): the process kills itself with SIGKILL before or after one of the calls that change files.
 * KILL_AT is `main 17 before` (the 17th such call of the main thread) or `worker 5 after` (the 5th write of a worker).
 * With KILL_LOG, a path, the main thread lists its calls there at the end, a line each: `link shard-1 m.safetensors`.
 */
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const [where = '', call = '', when = ''] = (process.env.KILL_AT ?? '').split(' ');
const isHere = where === (isMainThread ? 'main' : 'worker');
let calls = 0;
const log = [];

const kill = () => {
  process.kill(process.pid, 'SIGKILL');
  // The signal may need a moment; nothing more may happen in it.
  for (;;);
};

const watch = (original, name = original.name) =>
  function (...parameters) {
    calls++;
    const paths = parameters.filter((value) => typeof value === 'string' && value.startsWith('/'));
    log.push([name, ...paths.map((path) => basename(path))].join(' '));
    const isDue = isHere && calls === Number(call);
    if (isDue && when === 'before') kill();
    const result = original.apply(this, parameters);
    if (!isDue) return result;
    if (result instanceof Promise) return result.finally(kill);
    return kill();
  };

if (isMainThread) {
  const handle = await open(new URL(import.meta.url));
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ['truncate', 'sync', 'datasync', 'write', 'writeFile', 'appendFile']) {
    prototype[name] = watch(prototype[name], name);
  }
  for (const name of ['mkdir', 'open', 'link', 'rename', 'unlink', 'rmdir']) {
    fs.promises[name] = watch(fs.promises[name], name);
  }
  if (process.env.KILL_LOG) {
    process.on('exit', () => {
      fs.writeFileSync(process.env.KILL_LOG, log.join('\n'));
    });
  }
} else {
  fs.writeSync = watch(fs.writeSync);
}
syncBuiltinESMExports();
