/** What a killed run leaves: a run that resumes finishes it or refuses it. resume.slow.test.ts kills at many more moments. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder } from '../../support/folder.js';
import {
  DONE,
  SPEC,
  filesIn,
  filesOf,
  init,
  initToKill,
  leaveUnfinished,
  makeRun,
  runUnbroken,
  workFolderIn,
  type Unfinished,
} from '../../support/killed-runs.js';
import { findOwn, journalLine, textOfLine } from '../../support/work-folder.js';
import { casesOf, slowTest } from '../../support/thorough.js';

let unbroken: Map<string, string>;
/** The calls of a whole run that change files. */
let log: readonly string[];
/** A killed run, which each test copies. */
const original = mkdtempSync(join(tmpdir(), 'jumpfill-killed-'));

beforeAll(async () => {
  const run = await runUnbroken();
  unbroken = run.files;
  log = run.log;
  cpSync((await leaveUnfinished()).folder, original, { recursive: true, preserveTimestamps: true });
});
afterAll(() => {
  rmSync(original, { recursive: true });
});

function copyUnfinished(): Unfinished {
  const folder = makeFolder();
  cpSync(original, folder, { recursive: true, preserveTimestamps: true });
  return { folder, work: workFolderIn(folder) };
}

test('the unbroken run writes several shards and makes many calls at which it can be killed', () => {
  expect([...unbroken.keys()]).toContain('m.safetensors.index.json');
  expect(unbroken.size).toBeGreaterThan(4);
  expect(log.length).toBeGreaterThan(30);
});

test('every shard is synced before the first is named, every name is synced before the index is, and the index comes last', () => {
  const named = log.filter((call) => /^link shard-\d+\./.test(call));
  expect(named).toHaveLength(4);
  const first = log.indexOf(named[0] ?? '');
  const last = log.indexOf(named[3] ?? '');
  const syncs = log.slice(0, first).filter((call) => call === 'sync');
  expect(syncs.length).toBeGreaterThanOrEqual(4);
  // The journal records the chunks before their files are named.
  expect(log.lastIndexOf('datasync', first)).toBeGreaterThan(log.indexOf('appendFile'));
  const index = log.findIndex((call) => /^link whole-file\.\S+ m.safetensors.index.json$/.test(call));
  expect(index).toBeGreaterThan(last);
  expect(log.slice(last, index)).toContain('sync');
  expect(log.slice(index)).toContain('sync');
});

const KILLS = ['main 40 after', 'main 20 before', 'worker 2 after'];

test.each(casesOf({ few: KILLS.slice(0, 1), all: KILLS }))(
  'a run killed at call %s and resumed leaves the files of an unbroken one',
  async (KILL_AT) => {
    const folder = makeRun();
    expect(await initToKill(folder, { KILL_AT })).toMatchObject({ signal: 'SIGKILL' });
    expect(await init(folder, '--resume')).toEqual(DONE);
    expect(filesOf(folder)).toEqual(unbroken);
  },
);

slowTest(
  "a run with torch's generator that was killed is resumed, but not with other first words",
  async () => {
    const spec = { ...SPEC, generator: 'torch', seed: -1 };
    const whole = makeRun(spec);
    expect(await init(whole)).toEqual(DONE);
    const { folder } = await leaveUnfinished(spec);
    const [first, ...others] = spec.tensors;
    const moved = { ...spec, tensors: [{ ...first, first_word: 8 }, ...others] };
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(moved));
    expect((await init(folder, '--resume')).stderr).toContain(
      'Tensor "embed" has another shape, dtype or init, or another first word',
    );
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
    expect(await init(folder, '--resume')).toEqual(DONE);
    expect(filesOf(folder)).toEqual(filesOf(whole));
  },
);

test('an unfinished run is reported without --resume, and stays as it is', async () => {
  const { folder, work } = copyUnfinished();
  const before = filesIn(work);
  for (const options of [[], ['--force']]) {
    const { code, stderr } = await init(folder, ...options);
    expect(code).toBe(1);
    expect(stderr).toContain(`has an unfinished run in ${work}`);
    expect(stderr).toContain('--resume');
    expect(stderr).toContain('[OUTPUT_UNFINISHED]');
  }
  expect(filesIn(work)).toEqual(before);
});

describe('a run that resumes with', () => {
  const others = SPEC.tensors.slice(0, 6);

  test.each([
    ['seed', { ...SPEC, seed: 43 }, 'the seed is 42 there and 43 here'],
    ['generator', { ...SPEC, generator: 'torch' }, 'the generator is xoroshiro128+ there and torch here'],
    [
      'init',
      { ...SPEC, rules: [{ match: '*.bias', init: { kind: 'ones' } }] },
      'Tensor "0.bias" has another shape, dtype or init',
    ],
    [
      'shape',
      { ...SPEC, tensors: [...others, { name: 'head', shape: [500, 999] }] },
      'Tensor "head" has another shape, dtype or init',
    ],
    [
      'name',
      { ...SPEC, tensors: [...others, { name: 'tail', shape: [500, 1000] }] },
      'tensors[6] is Tensor "head" there and Tensor "tail" here',
    ],
    ['number of tensors', { ...SPEC, tensors: others }, 'the number of tensors is 7 there and 6 here'],
    ['size of shards', { ...SPEC, shard_size: '2MB' }, 'the number of files is 4 there and 3 here'],
  ])('another %s is refused with the difference, and changes nothing', async (_, spec, difference) => {
    const { folder, work } = copyUnfinished();
    const journal = readFileSync(findOwn(work, 'journal'), 'utf8');
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
    const { code, stderr } = await init(folder, '--resume');
    expect(code).toBe(1);
    expect(stderr).toContain(difference);
    expect(stderr).toContain('[RESUME_REFUSED]');
    expect(readFileSync(findOwn(work, 'journal'), 'utf8')).toBe(journal);
  });

  test('another version of jumpfill is refused', async () => {
    const { folder, work } = copyUnfinished();
    const path = findOwn(work, 'journal');
    const [header = '', ...records] = readFileSync(path, 'utf8').split('\n');
    const other = textOfLine(header).replace(/"version":"[^"]+"/, '"version":"0.0.1"');
    writeFileSync(path, [journalLine(other), ...records].join('\n'));
    expect((await init(folder, '--resume')).stderr).toContain('the version of jumpfill is 0.0.1 there and');
  });

  test.each(casesOf({ few: [0.02, 0.9], all: [0, 0.02, 0.5, 0.9, 0.97, 1] }))(
    'with a share of %f of the journal, the run is finished',
    async (share) => {
      const { folder, work } = copyUnfinished();
      const path = findOwn(work, 'journal');
      const journal = readFileSync(path);
      writeFileSync(path, journal.subarray(0, Math.floor(share * journal.length)));
      expect(await init(folder, '--resume')).toEqual(DONE);
      expect(filesOf(folder)).toEqual(unbroken);
    },
  );

  test.each(['removed', 'cut'])('a shard that was %s has its chunks written again', async (damage) => {
    const { folder, work } = copyUnfinished();
    const shard = findOwn(work, 'shard-1');
    if (damage === 'cut') writeFileSync(shard, readFileSync(shard).subarray(0, 5000));
    else rmSync(shard);
    expect(await init(folder, '--resume')).toEqual(DONE);
    expect(filesOf(folder)).toEqual(unbroken);
  });

  test('no seed takes the seed that the killed run drew', async () => {
    const { folder, work } = await leaveUnfinished({ ...SPEC, seed: undefined });
    const seed = /"seed":"(\d+)"/.exec(readFileSync(findOwn(work, 'journal'), 'utf8'))?.[1];
    expect(await init(folder, '--resume')).toEqual(DONE);
    const header = readFileSync(join(folder, 'out', 'm-00001-of-00004.safetensors'), 'latin1').slice(0, 2000);
    expect(header).toContain(`\\"seed\\":\\"${String(seed)}\\"`);
  });
});

test('--resume with nothing to resume writes everything, and nothing the second time', async () => {
  const folder = makeRun();
  expect(await init(folder, '--resume')).toEqual(DONE);
  expect(filesOf(folder)).toEqual(unbroken);
  expect(await init(folder, '--resume')).toEqual(DONE);
  expect(filesOf(folder)).toEqual(unbroken);
});
