/**
 * The owner of an output may stop at any call, for any time, while other runs take over: no run publishes a byte that was not drawn or
 * changes what another has published, and a run that has lost its lock ends with LOCK_LOST.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, type WriteReport } from 'jumpfill';
import { workFolderOf } from '../../../src/storage/lock/work-names.js';
import { sha256 } from '../../support/bytes.js';
import { listFolder, makeQuickFolder } from '../../support/folder.js';
import { findOwn } from '../../support/work-folder.js';
import { casesOf } from '../../support/thorough.js';
import { PausableRun, watchFiles, type Pause } from '../../support/pausing.js';

const engine = new Engine({ threads: 1 });
let restore: () => void;
beforeAll(async () => {
  restore = await watchFiles();
});
afterAll(async () => {
  restore();
  await engine.close();
});

const specOf = (seed: number): object => ({
  seed,
  tensors: [
    { name: 'a', shape: [70_000], init: { kind: 'uniform', low: -1, high: 1 } },
    { name: 'b', shape: [3000], dtype: 'float64', init: { kind: 'normal' } },
    { name: 'c', shape: [0], init: { kind: 'zeros' } },
  ],
});

/** How these tests write an output. */
interface Case {
  readonly shardSize: string | undefined;
  /** Over a checkpoint of another seed. */
  readonly force: boolean;
}

/** The hash of each file, and what else is there. */
const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    listFolder(folder).map((name) => [
      name,
      name.startsWith('.') ? 'a work folder' : sha256(readFileSync(join(folder, name))),
    ]),
  );

const references = new Map<string | undefined, Record<string, string>>();

async function referenceOf(shardSize: string | undefined): Promise<Record<string, string>> {
  const known = references.get(shardSize);
  if (known !== undefined) return known;
  const folder = makeQuickFolder();
  await engine.writeCheckpoint(specOf(1), { out: join(folder, 'm.safetensors'), shardSize });
  const files = filesOf(folder);
  references.set(shardSize, files);
  return files;
}

async function makeOutput({ shardSize, force }: Case): Promise<string> {
  const folder = makeQuickFolder();
  if (force) await engine.writeCheckpoint(specOf(2), { out: join(folder, 'm.safetensors'), shardSize });
  return folder;
}

const write = async (folder: string, { shardSize, force }: Case, takeOver: boolean): Promise<WriteReport> =>
  await engine.writeCheckpoint(specOf(1), {
    out: join(folder, 'm.safetensors'),
    shardSize,
    force,
    resume: true,
    recordIntervalMs: 0,
    takeOver,
  });

/** How a run ended: done, or with an error code. Every error must have one. */
async function settle(run: Promise<WriteReport>): Promise<string> {
  return await run.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof JumpfillError) return error.code;
      throw error;
    },
  );
}

interface Owner {
  readonly run: PausableRun;
  readonly outcome: Promise<string>;
}

/** Resolves when the run has stopped, or has ended before its pause. */
async function begin(
  folder: string,
  chosen: Case,
  takeOver: boolean,
  pause: Pause | undefined,
): Promise<Owner> {
  const run = new PausableRun(pause);
  const outcome = settle(run.run(() => write(folder, chosen, takeOver)));
  await Promise.race([run.paused, outcome]);
  return { run, outcome };
}

async function end({ run, outcome }: Owner): Promise<string> {
  run.release();
  return await outcome;
}

const CASES: readonly (readonly [string, Case])[] = [
  ['a single file', { shardSize: undefined, force: false }],
  ['shards', { shardSize: '100KB', force: false }],
  ['a single file over another', { shardSize: undefined, force: true }],
  ['shards over others', { shardSize: '100KB', force: true }],
];

/** The distance between the calls that runs stop at. */
const STEP = casesOf({ few: 16, all: 1 });

/** Pauses at one call after the other, until the run ends before its pause. @returns how many calls that were */
async function atEveryCall(when: Pause['when'], check: (pause: Pause) => Promise<boolean>): Promise<number> {
  let call = 1;
  while (await check({ call, when })) call += STEP;
  return call - 1;
}

describe.each(CASES)('%s', (_, chosen) => {
  test.each(['before', 'after'] as const)(
    'an owner that stops %s any call, loses its lock, and continues when all is done, changes nothing and reports it',
    async (when) => {
      const reference = await referenceOf(chosen.shardSize);
      const outcomes = new Map<string, number>();
      const pauses = await atEveryCall(when, async (pause) => {
        const folder = await makeOutput(chosen);
        const first = await begin(folder, chosen, false, pause);
        if (!first.run.isPaused) {
          expect(await first.outcome).toBe('done');
          return false;
        }
        const where = `${pause.when} call ${pause.call}: ${first.run.log.join(' ')}`;
        expect(await settle(write(folder, chosen, true)), where).toBe('done');
        expect(filesOf(folder), where).toMatchObject(reference);
        const outcome = await end(first);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        expect(['done', 'LOCK_LOST'], where).toContain(outcome);
        expect(filesOf(folder), where).toEqual(reference);
        return true;
      });
      expect(pauses).toBeGreaterThan(30);
      // Before it has the lock, and after it has given the names, it finds all done. In between, it has lost the lock.
      expect(outcomes.get('LOCK_LOST') ?? 0, JSON.stringify([...outcomes])).toBeGreaterThan(
        casesOf({ few: 0, all: 10 }),
      );
    },
  );

  test('a run that takes over may stop at any call too, while the first one continues', async () => {
    const reference = await referenceOf(chosen.shardSize);
    const pauses = await atEveryCall('after', async (pause) => {
      const folder = await makeOutput(chosen);
      // In the middle of its work.
      const first = await begin(folder, chosen, false, { call: 20, when: 'after' });
      expect(first.run.isPaused).toBe(true);
      const second = await begin(folder, chosen, true, pause);
      const isPaused = second.run.isPaused;
      const where = `${pause.when} call ${pause.call}: ${second.run.log.join(' ')}`;
      // It has lost the lock, unless the second had not got so far.
      expect(['done', 'LOCK_LOST'], where).toContain(await end(first));
      expect(await end(second), where).toBe('done');
      expect(filesOf(folder), where).toEqual(reference);
      return isPaused;
    });
    expect(pauses).toBeGreaterThan(30);
  });
});

test('a missing shard that is made again does not count as done, at whatever call that run stops', async () => {
  const chosen: Case = { shardSize: '100KB', force: false };
  const reference = await referenceOf(chosen.shardSize);
  // All is written and recorded; the first name is about to be given.
  const leave = async (): Promise<{ folder: string; first: Owner }> => {
    const folder = await makeOutput(chosen);
    const log = new PausableRun(undefined);
    const elsewhere = await makeOutput(chosen);
    await log.run(() => write(elsewhere, chosen, false));
    const first = await begin(folder, chosen, false, { call: log.log.indexOf('link') + 1, when: 'before' });
    expect(first.run.isPaused).toBe(true);
    return { folder, first };
  };
  const pauses = await atEveryCall('after', async (pause) => {
    const { folder, first } = await leave();
    rmSync(findOwn(workFolderOf(join(folder, 'm.safetensors'), undefined), 'shard-1'));
    const second = await begin(folder, chosen, true, pause);
    const { isPaused } = second.run;
    expect(await settle(write(folder, chosen, true))).toBe('done');
    expect(filesOf(folder)).toMatchObject(reference);
    await end(second);
    await end(first);
    expect(filesOf(folder)).toEqual(reference);
    return isPaused;
  });
  expect(pauses).toBeGreaterThan(30);
});

const anyPause = fc.record({
  call: fc.integer({ min: 1, max: 75 }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

test('of any number of owners, each stopped anywhere and continued in any order, the last one leaves the right bytes', async () => {
  let lost = 0;
  const law = fc.asyncProperty(
    fc.constantFrom(...CASES.map(([, chosen]) => chosen)),
    fc.array(anyPause, { minLength: 1, maxLength: 4 }),
    fc.infiniteStream(fc.nat(100)),
    async (chosen, pauses, choices) => {
      const reference = await referenceOf(chosen.shardSize);
      const folder = await makeOutput(chosen);
      const waiting: Owner[] = [];
      for (const [i, pause] of pauses.entries()) {
        waiting.push(await begin(folder, chosen, i > 0, pause));
        // Some continue at once, others sleep until the end.
        const choice = choices.next().value as number;
        if (choice < 40) {
          const [owner] = waiting.splice(choice % waiting.length, 1);
          if (owner !== undefined) expect(['done', 'LOCK_LOST']).toContain(await end(owner));
        }
      }
      expect(await settle(write(folder, chosen, true))).toBe('done');
      for (const owner of waiting) {
        const outcome = await end(owner);
        if (outcome === 'LOCK_LOST') lost++;
        expect(['done', 'LOCK_LOST']).toContain(outcome);
      }
      expect(filesOf(folder)).toEqual(reference);
    },
  );
  await fc.assert(law, { numRuns: casesOf({ few: 6, all: 40 }) });
  expect(lost).toBeGreaterThan(casesOf({ few: 0, all: 10 }));
});
