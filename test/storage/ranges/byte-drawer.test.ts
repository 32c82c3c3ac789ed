/** How far ahead a stream draws, and into what memory: jobs are counted here, not run. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { at } from '#built/base/at.js';
import { resolveModel } from '#built/domain/specs/spec.js';
import type { Job } from '#built/engine/jobs/protocol.js';
import { layOut } from '#built/storage/format/layout.js';
import { ByteDrawer } from '#built/storage/ranges/byte-drawer.js';
import { placeInFile } from '#built/storage/ranges/placed-tensors.js';

const THREADS = 2;
const BATCH_BYTES = THREADS * 2 ** 22;

const model = resolveModel({ tensors: [{ name: 'w', shape: [2 ** 24], init: { kind: 'ones' } }] });
const layout = layOut({ ...model, seed: 1n, shardBytes: undefined, kept: new Map() }, 'model.safetensors');
const tensors = placeInFile(layout, 0);
const { length: header } = at(layout.files, 0).header;

/** Notes jobs instead of running them; they are done at once, or when `done` is. */
function openDrawer(done = Promise.resolve()): { drawer: ByteDrawer; jobs: Job[]; memories: () => number } {
  const jobs: Job[] = [];
  const run = async (job: Job): Promise<void> => {
    jobs.push(job);
    await done;
  };
  const bufferOf = (job: Job): unknown => {
    const tensor = at(job.tensors, 0);
    return 'target' in tensor && tensor.target.kind === 'memory' ? tensor.target.buffer : undefined;
  };
  return {
    drawer: new ByteDrawer(run, layout, THREADS, undefined),
    jobs,
    memories: () => new Set(jobs.map(bufferOf)).size,
  };
}

async function readBatches(stream: AsyncIterator<Uint8Array>, count: number): Promise<void> {
  for (let read = 0; read < count * BATCH_BYTES;) {
    const { value } = (await stream.next()) as { value: Uint8Array | undefined };
    read += value?.length ?? Infinity;
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<void> {
  let read = 0;
  for await (const { length } of stream) read += length;
  expect(read).toBe(layout.byteLength - header);
}

test('a stream begins no job before it is read, and then one batch more than its reader has', async () => {
  const { drawer, jobs } = openDrawer();
  const stream = drawer.draw(tensors, header, layout.byteLength);
  expect(jobs.length).toBe(0);
  await stream.next();
  expect(jobs.length).toBe(2);
  await readBatches(stream, 1);
  expect(jobs.length).toBe(3);
  await stream.return();
  expect(jobs.length).toBe(3);
});

test('threads have the second batch before the first is done: between them they wait for nobody', async () => {
  let finish = (): void => undefined;
  const { drawer, jobs } = openDrawer(new Promise((resolve) => (finish = resolve)));
  const stream = drawer.draw(tensors, header, layout.byteLength);
  const first = stream.next();
  await nextTurn();
  expect(jobs.length).toBe(2);
  finish();
  expect((await first).done).toBe(false);
  await stream.return();
});

test('streams take turns with the same memory, two buffers each while they are open', async () => {
  const { drawer, memories } = openDrawer();
  const open = (): AsyncGenerator<Uint8Array> => drawer.draw(tensors, header, layout.byteLength);
  await readAll(open());
  expect(memories()).toBe(2);
  const [first, second] = [open(), open()];
  for (const stream of [first, second]) await readBatches(stream, 2);
  expect(memories()).toBe(4);
  for (const stream of [first, second]) await stream.return(undefined);
  await readAll(open());
  expect(memories()).toBe(4);
});
