/**
 * Keeping tensors beside `cp`: a checkpoint that is kept whole is a copy.
 * @module
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Engine } from '#built/api/engine.js';
import { layOut } from '#built/storage/format/layout.js';
import { resolveContents } from '#built/storage/write/resolve-model.js';
import { BYTES_PER_ELEMENT, type Answer, type Table } from '../../measure/answer.js';
import { clock, measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { openCoordinator } from '../../contestants/engine-jobs.js';
import { SEED } from '../../contestants/subjects.js';
import { writeUnsynced } from '../../contestants/unsynced-files.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { describeFolder, TemporaryFolder } from '../../measure/temporary-files.js';

const LARGEST = 2 ** 27;
const TENSORS = 16;
const FILE_NAME = 'model.safetensors';
const INDEX_NAME = `${FILE_NAME}.index.json`;
const SPEC = { seed: String(SEED), default: { init: { kind: 'keep' } } };

export type Placing = 'one file' | '4 files';

export const KEEP_PLACINGS: readonly Placing[] = ['one file', '4 files'];

export const nameKeeping = (placing: Placing): string => `keep, ${placing}`;

/** A checkpoint that is kept whole, and the folder that it is in. */
interface Subject {
  readonly folder: TemporaryFolder;
  readonly scale: Scale;
  readonly placing: Placing;
  readonly like: string;
  readonly shardSize: number | undefined;
}

export async function answer(scale: Scale): Promise<Answer> {
  const small = shrink(scale, LARGEST);
  const tables: Table[] = [];
  for (const placing of KEEP_PLACINGS) {
    using folder = new TemporaryFolder();
    const subject = await writeSource(folder, small, placing);
    tables.push(await timePageCache(subject), await timeWhole(subject));
  }
  return {
    tables,
    notes: [
      'The source is in the page cache. Every tensor is kept, float32, so that the copy has the same bytes in files of the same sizes.',
      'The first table of each placing makes files, writes headers and copies, and syncs nothing, as `cp` does; the second is the whole writeCheckpoint beside `cp` and `sync`.',
      describeFolder(),
    ],
  };
}

async function writeSource(folder: TemporaryFolder, scale: Scale, placing: Placing): Promise<Subject> {
  const elements = Math.floor(scale.elements / TENSORS);
  const tensors = Array.from({ length: TENSORS }, (_, i) => ({ name: `t${i}`, shape: [elements] }));
  const spec = { seed: String(SEED), default: { init: { kind: 'uniform', low: -1, high: 1 } }, tensors };
  const shardSize = placing === 'one file' ? undefined : (elements * TENSORS * BYTES_PER_ELEMENT) / 4;
  folder.renewFolder('source');
  await using engine = new Engine({ threads: scale.threads });
  const { path } = await engine.writeCheckpoint(spec, {
    out: join(folder.fileAt('source'), FILE_NAME),
    shardSize,
  });
  return { folder, scale, placing, like: path, shardSize };
}

/** The engine's own job, without the sync that would time the disk. */
async function timePageCache(subject: Subject): Promise<Table> {
  const { scale, like, shardSize, placing } = subject;
  const options = { like, shardSize };
  const contents = await resolveContents(SPEC, options, { seed: SEED, isSeedRandom: false });
  const layout = layOut(contents, FILE_NAME);
  const coordinators = [...new Set([1, scale.threads])].map((threads) => ({
    threads,
    coordinator: openCoordinator(threads),
  }));
  const runs = coordinators.map(({ threads, coordinator }) =>
    contestant(subject, nameKeeping(placing), threads, (folder) =>
      writeUnsynced(coordinator, threads, layout, folder),
    ),
  );
  const rows = await runContest(measureBy(copyContestant(subject, false), runs), scale);
  for (const { coordinator } of coordinators) await coordinator.destroy();
  return { kind: 'throughput', title: `Page cache to page cache, ${placing}`, rows, ratio: 'of cp' };
}

async function timeWhole(subject: Subject): Promise<Table> {
  const { scale, like, shardSize, placing } = subject;
  await using engine = new Engine({ threads: scale.threads });
  const whole = contestant(subject, `writeCheckpoint, all kept, ${placing}`, scale.threads, (folder) =>
    engine.writeCheckpoint(SPEC, { out: join(folder, FILE_NAME), like, shardSize }),
  );
  const rows = await runContest(measureBy(copyContestant(subject, true), [whole]), scale);
  return { kind: 'throughput', title: `Synced, ${placing}`, rows, ratio: 'of cp and sync' };
}

/** @param copy  into a folder that is new for each run */
function contestant(
  { folder, scale }: Subject,
  label: string,
  threads: number,
  copy: (folder: string) => Promise<unknown>,
): Contestant {
  return {
    label,
    role: 'jumpfill',
    threads,
    elementCount: Math.floor(scale.elements / TENSORS) * TENSORS,
    prepare: () => {
      folder.renewFolder('copy');
    },
    run: () => clock(() => copy(folder.fileAt('copy'))),
    proof: {
      // The folder is new.
      spoil: () => undefined,
      check: () => {
        checkCopy(folder.fileAt('source'), folder.fileAt('copy'));
      },
    },
  };
}

const run = promisify(execFile);

function copyContestant(subject: Subject, isSynced: boolean): Contestant {
  const source = subject.folder.fileAt('source');
  const files = readdirSync(source);
  const label = `${isSynced ? 'cp, then sync -d' : 'cp'}, ${subject.placing}`;
  const made = contestant(subject, label, 1, async (folder) => {
    await run('cp', [...files.map((name) => join(source, name)), folder]);
    if (isSynced) await run('sync', ['-d', ...files.map((name) => join(folder, name))]);
  });
  return { ...made, role: 'ceiling' };
}

/** @throws the data of a file are not the source's: headers differ in what they record */
function checkCopy(source: string, copy: string): void {
  for (const name of readdirSync(source).filter((file) => file !== INDEX_NAME)) {
    const [wanted, found] = [source, copy].map((folder) => dataOf(join(folder, name)));
    if (wanted !== undefined && found !== undefined && wanted.equals(found)) continue;
    throw new Error(`${name} is not a copy`);
  }
}

function dataOf(path: string): Buffer {
  const bytes = readFileSync(path);
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
}
