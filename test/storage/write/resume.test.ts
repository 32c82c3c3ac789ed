/** Killed at any moment and resumed, a run leaves the bytes of one that was not. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { listFolder, makeFolder } from '../../support/folder.js';
import { findOwn, journalLine, textOfLine } from '../../support/work-folder.js';
import { seededRandom } from '../../support/random.js';

/** 9 blocks and more, so that threads are started, in shards of several tensors and one of its own. */
const SPEC = {
  seed: 42,
  shard_size: '500KB',
  default: { dtype: 'float32', init: { kind: 'truncated_normal', std: 0.02 } },
  rules: [{ match: '*.bias', init: { kind: 'zeros' } }],
  tensors: [
    { name: 'embed', shape: [700, 1000] },
    { name: '0.weight', shape: [300, 300] },
    { name: '0.bias', shape: [300] },
    { name: '1.weight', shape: [400, 400], dtype: 'bfloat16', init: { kind: 'uniform', low: -1, high: 1 } },
    { name: '1.bias', shape: [400], dtype: 'bfloat16' },
    { name: 'none', shape: [0] },
    { name: 'head', shape: [500, 1000] },
  ],
};

interface Outcome {
  readonly code: number | string | null;
  readonly signal: string | null;
  readonly stderr: string;
}

const KILLER = resolve('test/faults/kill-at.mjs');

async function init(
  folder: string,
  options: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const parameters = [
    'init',
    join(folder, 'spec.json'),
    '--out',
    join(folder, 'out', 'm.safetensors'),
    '--threads',
    '2',
  ];
  const preload = Object.keys(env).length > 0 ? ['--import', KILLER] : [];
  return await new Promise((done) => {
    const child = execFile(
      process.execPath,
      [...preload, 'dist/src/cli.js', ...parameters, '--quiet', ...options],
      { env: { ...process.env, ...env } },
      (_error, _stdout, stderr) => {
        done({ code: child.exitCode, signal: child.signalCode, stderr });
      },
    );
  });
}

function makeRun(spec: object = SPEC): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
  return folder;
}

const filesOf = (folder: string): Map<string, string> =>
  new Map(
    listFolder(join(folder, 'out')).map((name) => [
      name,
      readFileSync(join(folder, 'out', name)).toString('base64'),
    ]),
  );

/** What a run left in its work folder, without what says who holds it. */
const filesIn = (work: string): Map<string, string> =>
  new Map(
    readdirSync(work, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('owner.'))
      .map(({ name }) => [
        textOfName(name),
        readFileSync(findOwn(work, textOfName(name))).toString('base64'),
      ]),
  );

const textOfName = (name: string): string => name.slice(0, name.lastIndexOf('.'));

let unbroken: Map<string, string>;
/** Calls that change files, of a whole run that records as often as it can. */
let mainCalls: number;
let log: readonly string[];

beforeAll(async () => {
  const folder = makeRun();
  const count = join(folder, 'count');
  expect(await init(folder, ['--record-every', '0'], { KILL_LOG: count })).toMatchObject({ code: 0 });
  unbroken = filesOf(folder);
  log = readFileSync(count, 'utf8').split('\n');
  mainCalls = log.length;
});

test('the unbroken run is of several shards and makes many calls that it can be killed at', () => {
  expect([...unbroken.keys()]).toContain('m.safetensors.index.json');
  expect(unbroken.size).toBeGreaterThan(4);
  expect(mainCalls).toBeGreaterThan(30);
});

test('at the end every shard is synced before one gets its name, all names are synced before the index, which is the last', () => {
  const named = log.filter((call) => /^link shard-\d+\./.test(call));
  expect(named).toHaveLength(4);
  const first = log.indexOf(named[0] ?? '');
  const last = log.indexOf(named[3] ?? '');
  const syncs = log.slice(0, first).filter((call) => call === 'sync');
  expect(syncs.length).toBeGreaterThanOrEqual(4);
  // What several files are done with is recorded before.
  expect(log.lastIndexOf('datasync', first)).toBeGreaterThan(log.indexOf('appendFile'));
  const index = log.findIndex((call) => /^link whole-file\.\S+ m.safetensors.index.json$/.test(call));
  expect(index).toBeGreaterThan(last);
  expect(log.slice(last, index)).toContain('sync');
  expect(log.slice(index)).toContain('sync');
});

/** 25 moments: at calls of the main thread, evenly over all of them but for chance, and at writes of the workers. */
const MOMENTS = 25;
const random = seededRandom(20261123);
const moments = Array.from({ length: MOMENTS }, (_, i) => {
  const when = random() < 0.5 ? 'before' : 'after';
  return { when, isMain: i % 3 !== 2, share: (i + random()) / MOMENTS };
});

let kills = 0;

test.each(moments)('killed: %o', async ({ when, isMain, share }) => {
  const folder = makeRun();
  const call = isMain ? 1 + Math.floor(share * mainCalls) : 1 + Math.floor(share * 6);
  const KILL_AT = `${isMain ? 'main' : 'worker'} ${call} ${when}`;
  const killed = await init(folder, ['--record-every', '0'], { KILL_AT });
  // A run may come to its end first: how often it records is a matter of time.
  expect(killed.signal === 'SIGKILL' || killed.code === 0).toBe(true);
  if (killed.signal === 'SIGKILL') {
    kills++;
    const resumed = await init(folder, ['--resume']);
    expect(resumed).toEqual({ code: 0, signal: null, stderr: '' });
  }
  expect(filesOf(folder)).toEqual(unbroken);
});

test('most of them were killed', () => {
  expect(kills).toBeGreaterThanOrEqual(20);
});

test('killed again and again on the way, it still comes out the same', async () => {
  const folder = makeRun();
  let killsHere = 0;
  for (let call = 8; call < 200; call += 9) {
    const { signal, code } = await init(folder, ['--resume', '--record-every', '0'], {
      KILL_AT: `main ${call} after`,
    });
    if (signal === 'SIGKILL') killsHere++;
    else if (code === 0) break;
  }
  if (listFolder(join(folder, 'out')).some((name) => name.startsWith('.'))) {
    expect(await init(folder, ['--resume'])).toMatchObject({ code: 0 });
  }
  expect(killsHere).toBeGreaterThan(1);
  expect(filesOf(folder)).toEqual(unbroken);
});

describe('what a killed run left', () => {
  /** Killed when a thread had written four pieces. */
  async function leaveUnfinished(spec: object = SPEC): Promise<{ folder: string; work: string }> {
    const folder = makeRun(spec);
    const killed = await init(folder, ['--record-every', '0'], { KILL_AT: 'worker 4 after' });
    expect(killed.signal).toBe('SIGKILL');
    const [name = ''] = listFolder(join(folder, 'out'));
    return { folder, work: join(folder, 'out', name) };
  }

  test('is named without --resume, and stays as it is', async () => {
    const { folder, work } = await leaveUnfinished();
    const before = filesIn(work);
    for (const options of [[], ['--force']]) {
      const { code, stderr } = await init(folder, options);
      expect(code).toBe(1);
      expect(stderr).toContain(`${work} holds an unfinished run of this output`);
      expect(stderr).toContain('--resume');
      expect(stderr).toContain('[OUTPUT_UNFINISHED]');
    }
    expect(filesIn(work)).toEqual(before);
  });

  test.each([
    ['seed', { ...SPEC, seed: 43 }, 'the seed is 42 there and 43 here'],
    [
      'init',
      { ...SPEC, rules: [{ match: '*.bias', init: { kind: 'ones' } }] },
      'Tensor "0.bias" has another shape, dtype or init',
    ],
    [
      'shape',
      { ...SPEC, tensors: [...SPEC.tensors.slice(0, 6), { name: 'head', shape: [500, 999] }] },
      'Tensor "head" has another shape, dtype or init',
    ],
    [
      'name',
      { ...SPEC, tensors: [...SPEC.tensors.slice(0, 6), { name: 'tail', shape: [500, 1000] }] },
      'tensors[6] is Tensor "head" there and Tensor "tail" here',
    ],
    [
      'number of tensors',
      { ...SPEC, tensors: SPEC.tensors.slice(0, 6) },
      'the number of tensors is 7 there and 6 here',
    ],
    ['size of shards', { ...SPEC, shard_size: '2MB' }, 'the number of files is 4 there and 3 here'],
  ])('of another %s is refused with what differs, and stays as it is', async (_, spec, difference) => {
    const { folder, work } = await leaveUnfinished();
    const journal = readFileSync(findOwn(work, 'journal'), 'utf8');
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
    const { code, stderr } = await init(folder, ['--resume']);
    expect(code).toBe(1);
    expect(stderr).toContain(difference);
    expect(stderr).toContain('[RESUME_REFUSED]');
    expect(readFileSync(findOwn(work, 'journal'), 'utf8')).toBe(journal);
  });

  test('of another version is refused', async () => {
    const { folder, work } = await leaveUnfinished();
    const path = findOwn(work, 'journal');
    const [header = '', ...records] = readFileSync(path, 'utf8').split('\n');
    const other = textOfLine(header).replace(/"version":"[^"]+"/, '"version":"0.0.1"');
    writeFileSync(path, [journalLine(other), ...records].join('\n'));
    expect((await init(folder, ['--resume'])).stderr).toContain('the version of jumpfill is 0.0.1 there and');
  });

  test('with a journal cut off at any byte is resumed', async () => {
    for (const share of [0, 0.02, 0.5, 0.9, 0.97, 1]) {
      const { folder, work } = await leaveUnfinished();
      const path = findOwn(work, 'journal');
      const journal = readFileSync(path);
      writeFileSync(path, journal.subarray(0, Math.floor(share * journal.length)));
      expect(await init(folder, ['--resume'])).toEqual({ code: 0, signal: null, stderr: '' });
      expect(filesOf(folder)).toEqual(unbroken);
    }
  });

  test('with a shard removed or cut off is resumed: its chunks are done again', async () => {
    for (const damage of ['removed', 'cut'] as const) {
      const { folder, work } = await leaveUnfinished();
      const shard = findOwn(work, 'shard-1');
      if (damage === 'cut') writeFileSync(shard, readFileSync(shard).subarray(0, 5000));
      else rmSync(shard);
      expect(await init(folder, ['--resume'])).toMatchObject({ code: 0 });
      expect(filesOf(folder)).toEqual(unbroken);
    }
  });

  test('has the seed that was drawn, if nobody chose one', async () => {
    const { folder, work } = await leaveUnfinished({ ...SPEC, seed: undefined });
    const seed = /"seed":"(\d+)"/.exec(readFileSync(findOwn(work, 'journal'), 'utf8'))?.[1];
    expect(await init(folder, ['--resume'])).toMatchObject({ code: 0 });
    const header = readFileSync(join(folder, 'out', 'm-00001-of-00004.safetensors'), 'latin1').slice(0, 2000);
    expect(header).toContain(`\\"seed\\":\\"${String(seed)}\\"`);
  });
});

test('--resume with nothing to resume begins at the beginning', async () => {
  const folder = makeRun();
  expect(await init(folder, ['--resume'])).toEqual({ code: 0, signal: null, stderr: '' });
  expect(filesOf(folder)).toEqual(unbroken);
  // And again: all is there.
  expect(await init(folder, ['--resume'])).toEqual({ code: 0, signal: null, stderr: '' });
  expect(filesOf(folder)).toEqual(unbroken);
});
