/** A run that is killed at any moment and resumed leaves the files of an unbroken one. resume.test.ts kills at a few moments. */
import { beforeAll, expect, test } from 'vitest';
import { listFolder } from '../../support/folder.js';
import { DONE, filesOf, init, initToKill, makeRun, runUnbroken } from '../../support/killed-runs.js';
import { seededRandom } from '../../support/random.js';
import { join } from 'node:path';

let unbroken: Map<string, string>;
/** How many calls of a whole run change files. */
let mainCalls: number;

beforeAll(async () => {
  const { files, log } = await runUnbroken();
  unbroken = files;
  mainCalls = log.length;
});

/** At calls of the main thread, spread evenly over all of them, and at writes of the workers. */
const MOMENTS = 25;
const random = seededRandom(20261123);
const moments = Array.from({ length: MOMENTS }, (_, i) => {
  const when = random() < 0.5 ? 'before' : 'after';
  return { when, isMain: i % 3 !== 2, share: Number(((i + random()) / MOMENTS).toFixed(3)) };
});

let kills = 0;

test.each(moments)(
  'a run killed at %o and resumed leaves the same files',
  async ({ when, isMain, share }) => {
    const folder = makeRun();
    const call = isMain ? 1 + Math.floor(share * mainCalls) : 1 + Math.floor(share * 6);
    const KILL_AT = `${isMain ? 'main' : 'worker'} ${call} ${when}`;
    const killed = await initToKill(folder, { KILL_AT });
    // A run may end first: how often it records depends on how fast it is.
    expect(killed.signal === 'SIGKILL' || killed.code === 0).toBe(true);
    if (killed.signal === 'SIGKILL') {
      kills++;
      expect(await init(folder, '--resume')).toEqual(DONE);
    }
    expect(filesOf(folder)).toEqual(unbroken);
  },
);

test('most of these runs were killed', () => {
  expect(kills).toBeGreaterThanOrEqual(20);
});

test('a run killed and resumed again and again leaves the same files', async () => {
  const folder = makeRun();
  let killsHere = 0;
  for (let call = 8; call < 200; call += 9) {
    const { signal, code } = await initToKill(folder, { KILL_AT: `main ${call} after` }, '--resume');
    if (signal === 'SIGKILL') killsHere++;
    else if (code === 0) break;
  }
  if (listFolder(join(folder, 'out')).some((name) => name.startsWith('.'))) {
    expect(await init(folder, '--resume')).toMatchObject({ code: 0 });
  }
  expect(killsHere).toBeGreaterThan(1);
  expect(filesOf(folder)).toEqual(unbroken);
});
