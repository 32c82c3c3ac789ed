/** The jobs of an engine, and its end. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EngineJobs } from '#built/api/engine-jobs.js';

const openJobs = (): EngineJobs => new EngineJobs({ threads: 1 }, { simd: true, revectorize: false });

test.each(['ends', 'fails'] as const)('an engine that closes waits for work that %s', async (how) => {
  const jobs = openJobs();
  const log: string[] = [];
  let settle: () => void = () => expect.fail('the work has not begun');
  const work = new Promise<void>((resolve, reject) => {
    settle =
      how === 'ends'
        ? resolve
        : () => {
            reject(new Error('no room'));
          };
  });
  const tracked = jobs.track(work).then(
    () => log.push('ended'),
    () => log.push('failed'),
  );
  const closed = jobs.close().then(() => log.push('closed'));
  await setImmediate();
  expect(log).toEqual([]);
  settle();
  await Promise.all([tracked, closed]);
  expect(log).toEqual([how === 'ends' ? 'ended' : 'failed', 'closed']);
  expect(() => {
    jobs.checkOpen();
  }).toThrow('The engine is closed.');
});
