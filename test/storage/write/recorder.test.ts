/** Files are synced while they grow, one pass at a time; the journal never says more than was synced. */
import { expect, test } from 'vitest';
import { ChunkClaims } from '#built/engine/jobs/chunk-claims.js';
import type { GrowingFile } from '#built/storage/write/work-files.js';
import { pauseFor, Recorder } from '#built/storage/write/recorder.js';
import { makeFolder } from '../../support/folder.js';

const CHUNKS = 4;

/** A recorder of one file, synced by `sync`, which gets the number of syncs before. */
function makeRecorder(sync: (before: number) => Promise<void>): {
  recorder: Recorder;
  claims: ChunkClaims;
  syncs: () => number;
  recorded: string[];
} {
  let count = 0;
  const handle = { datasync: () => sync(count++) } as unknown as GrowingFile['handle'];
  const file = { handle, firstChunk: 0, endChunk: CHUNKS, finalPath: 'it' } as GrowingFile;
  const claims = ChunkClaims.create(CHUNKS);
  const recorded: string[] = [];
  const journal = { record: (done: string) => Promise.resolve(void recorded.push(done)) };
  const recorder = new Recorder(journal, claims, [file], Infinity, [makeFolder()]);
  return { recorder, claims, syncs: () => count, recorded };
}

/** A promise, and the function that resolves it. */
function makeSignal(): { seen: Promise<void>; tell: () => void } {
  let tell = (): void => undefined;
  const seen = new Promise<void>((resolve) => (tell = resolve));
  return { seen, tell };
}

test('finished work is synced at once, and not again when it is recorded', async () => {
  const { seen, tell } = makeSignal();
  const { recorder, claims, syncs, recorded } = makeRecorder(() => {
    tell();
    return Promise.resolve();
  });
  claims.markDone(0);
  recorder.start();
  await seen;
  await recorder.stop();
  expect({ syncs: syncs(), recorded }).toEqual({ syncs: 1, recorded: [] });
  await recorder.record();
  expect({ syncs: syncs(), recorded }).toEqual({ syncs: 1, recorded: ['0'] });
});

test('work that finishes during a sync waits for the next sync, which begins after it', async () => {
  const [first, second] = [makeSignal(), makeSignal()];
  let atWork = 0;
  const { recorder, claims, syncs } = makeRecorder(async (before) => {
    expect(++atWork).toBe(1);
    if (before === 0) claims.markDone(1);
    // Lets other callbacks run first.
    await new Promise((resolve) => setImmediate(resolve));
    atWork--;
    (before === 0 ? first : second).tell();
  });
  claims.markDone(0);
  recorder.start();
  await first.seen;
  await second.seen;
  await recorder.stop();
  expect(syncs()).toBe(2);
});

test('a sync that fails ends the run with its reason', async () => {
  const { recorder, claims, recorded } = makeRecorder(() => Promise.reject(new Error('EIO: a bad sector')));
  const failed = new Promise((resolve) => {
    recorder.failed.signal.addEventListener('abort', resolve);
  });
  claims.markDone(2);
  recorder.start();
  await failed;
  await recorder.stop();
  expect(recorder.failed.signal.reason).toMatchObject({
    code: 'IO_FAILED',
    found: expect.stringMatching(/^it: .*EIO/) as string,
  });
  expect(recorded).toEqual([]);
});

test('on a Mac, where a sync holds up every program, files are synced only when something is recorded', () => {
  expect(pauseFor('linux', 5000)).toBe(5);
  expect(pauseFor('darwin', 5000)).toBe(5000);
  expect(pauseFor('darwin', 0)).toBe(5);
});

test('of two files that need a sync, the second waits for the first: of two at once the system reports a failure to only one', async () => {
  const claims = ChunkClaims.create(2);
  let [atWork, most] = [0, 0];
  const datasync = async (): Promise<void> => {
    most = Math.max(most, ++atWork);
    await new Promise((resolve) => setImmediate(resolve));
    atWork--;
  };
  const files = [0, 1].map((i) => ({
    handle: { datasync },
    firstChunk: i,
    endChunk: i + 1,
    finalPath: 'it',
  }));
  const recorded: string[] = [];
  const journal = { record: (done: string) => Promise.resolve(void recorded.push(done)) };
  const recorder = new Recorder(journal, claims, files as never, Infinity, [makeFolder()]);
  claims.markDone(0);
  claims.markDone(1);
  await recorder.record();
  expect([most, recorded]).toEqual([1, ['0-1']]);
});
