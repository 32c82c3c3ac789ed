/**
 * Files that are drawn while they are read, beside the same files written to the page cache.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from '#built/api/engine.js';
import type { StreamedFile } from '#built/storage/ranges/streamed-files.js';
import type { Coordinator } from '#built/engine/jobs/coordinator.js';
import { openCoordinator } from '../../contestants/engine-jobs.js';
import { countModelElements, layOutModel, type LaidOutModel } from '../../contestants/model-writers.js';
import { SEED } from '../../contestants/subjects.js';
import { writeUnsynced } from '../../contestants/unsynced-files.js';
import { BYTES_PER_ELEMENT, type Answer, type Table } from '../../measure/answer.js';
import { clock, measureBy, runContest, type Contestant } from '../../measure/contest.js';
import type { Scale } from '../../measure/scale.js';
import { describeFolder, TemporaryFolder } from '../../measure/temporary-files.js';
import { readGpt2, RECIPES } from './models.js';

const SHARD_SIZES = { full: '100MB', quick: '10MB' } as const;

/** The smallest part that S3 takes, and how many of them its clients send at once. */
const PART_BYTES = 5 * 2 ** 20;
const PARTS_AT_ONCE = 4;

export const nameStreaming = (recipe: string): string => `whole files, ${recipe}`;

/** What all contestants of a recipe share. */
interface Subject {
  readonly engine: Engine;
  readonly coordinator: Coordinator;
  readonly folder: TemporaryFolder;
  readonly label: string;
  readonly model: LaidOutModel;
}

export async function answer(scale: Scale): Promise<Answer> {
  using folder = new TemporaryFolder();
  await using engine = new Engine({ threads: scale.threads, seed: SEED });
  const coordinator = openCoordinator(scale.threads);
  const shardSize = SHARD_SIZES[scale.isQuick ? 'quick' : 'full'];
  const tables: Table[] = [];
  for (const recipe of RECIPES) {
    const model = await layOutModel(await readGpt2(recipe, scale.isQuick), shardSize);
    const subject = { engine, coordinator, folder, label: recipe.label, model };
    // Before the contest: a proof of bytes that come one after the other has to wait for them.
    folder.renewFolder('written');
    await write(subject);
    await checkFiles(subject);
    const rows = await runContest(contestantsOf(subject), scale);
    const title = `GPT-2's layers, float32, ${recipe.label}, shards of ${shardSize}`;
    tables.push({ kind: 'throughput', title, rows, ratio: 'of writing' });
  }
  await coordinator.destroy();
  return {
    tables,
    notes: [
      'Of writing: the time in which the same threads draw the same files to the page cache (room, headers, chunks, no sync, no names) over the time of the stream. The reader counts the bytes and drops them.',
      `Parts are ranges of ${PART_BYTES / 2 ** 20} MiB, ${PARTS_AT_ONCE} of them read at once.`,
      describeFolder(),
    ],
  };
}

function contestantsOf(subject: Subject): Contestant[] {
  const { folder, label, model, engine } = subject;
  const size = {
    threads: engine.threads,
    elementCount: countModelElements(model.layout),
    byteWidth: BYTES_PER_ELEMENT,
  };
  const writing: Contestant = {
    ...size,
    label: `to the page cache, ${label}`,
    role: 'ceiling',
    prepare: () => {
      folder.renewFolder('written');
    },
    run: () => clock(() => write(subject)),
  };
  const reading = (name: string, read: (files: readonly StreamedFile[]) => Promise<void>): Contestant => ({
    ...size,
    label: name,
    role: 'jumpfill',
    run: () => clock(async () => read(await filesOf(subject))),
  });
  return measureBy(writing, [
    reading(nameStreaming(label), readWhole),
    reading(`parts of 5 MiB, ${label}`, readParts),
  ]);
}

const write = async ({ coordinator, engine, folder, model }: Subject): Promise<void> => {
  await writeUnsynced(coordinator, engine.threads, model.layout, folder.fileAt('written'));
};

async function filesOf({ engine, model: { spec, shardSize } }: Subject): Promise<readonly StreamedFile[]> {
  const files: StreamedFile[] = [];
  for await (const file of engine.streamCheckpointFiles(spec, { shardSize, index: false })) files.push(file);
  return files;
}

async function drain(bytes: AsyncIterable<Uint8Array>, byteLength: number): Promise<void> {
  let read = 0;
  for await (const { length } of bytes) read += length;
  if (read !== byteLength) throw new Error(`a stream of ${byteLength} bytes had ${read}`);
}

async function readWhole(files: readonly StreamedFile[]): Promise<void> {
  for (const file of files) await drain(file.stream(), file.byteLength);
}

async function readParts(files: readonly StreamedFile[]): Promise<void> {
  const parts = files.flatMap((file) =>
    Array.from({ length: Math.ceil(file.byteLength / PART_BYTES) }, (_, i) => {
      const start = i * PART_BYTES;
      return { file, start, end: Math.min(start + PART_BYTES, file.byteLength) };
    }),
  );
  const next = parts.values();
  // One iterator for all: each reader takes the part that is next.
  const read = async (): Promise<void> => {
    for (const { file, start, end } of next) await drain(file.stream(start, end), end - start);
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, read));
}

/** @throws a file's bytes are not those that were written to the page cache */
async function checkFiles(subject: Subject): Promise<void> {
  for (const file of await filesOf(subject)) {
    const written = readFileSync(join(subject.folder.fileAt('written'), file.name));
    let position = 0;
    for await (const bytes of file.stream()) {
      if (written.compare(bytes, 0, bytes.length, position, position + bytes.length) !== 0)
        throw new Error(`${file.name} differs from the file after byte ${position}`);
      position += bytes.length;
    }
  }
}
