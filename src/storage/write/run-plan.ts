/**
 * Cuts the files of a run into chunks, and describes the work for the threads. Arithmetic only.
 * @module
 */
import { join } from 'node:path';
import { at } from '../../base/at.js';
import { sumOf } from '../../base/sum.js';
import { cutOf } from '../../domain/matrices/panels.js';
import { cutStretches, planChunks, type Chunks } from '../../domain/partition/chunks.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { isSequential } from '../../domain/streams/generators.js';
import type { Job } from '../../engine/jobs/protocol.js';
import type { KeptBytes } from '../format/kept-record.js';
import type { Layout, ShardFile } from '../format/layout.js';
import { jobTensorOf, makingOf } from './job-tensor.js';
import type { KeptSources } from '../read/kept-sources.js';

/** A file that a run writes, and the chunks of its tensors, which are consecutive. */
export interface RunFile {
  readonly shard: ShardFile;
  /** Its path once it is finished. */
  readonly finalPath: string;
  /** Its path while it grows. */
  readonly workPath: string;
  readonly firstChunk: number;
  /** One beyond the last. */
  readonly endChunk: number;
}

export interface RunPlan {
  readonly chunks: Chunks;
  readonly files: readonly RunFile[];
}

/**
 * @param own       files of the run, by their index in the layout
 * @param folder    where finished files go
 * @param workPath  the path of each file while it grows
 */
export function planRun(
  layout: Layout,
  own: readonly number[],
  folder: string,
  workPath: (file: number) => string,
): RunPlan {
  const shards = own.map((i) => at(layout.files, i));
  const extents = shards.flatMap((shard) =>
    tensorsOf(layout, shard).map((tensor) => ({
      offset: 0,
      elementCount: tensor.elementCount,
      cut: cutOf(tensor.recipe, tensor.dtype),
    })),
  );
  const chunks = planChunks(extents);
  let extent = 0;
  const files = shards.map((shard, i): RunFile => {
    const firstChunk = at(chunks.firstChunks, extent);
    extent += shard.tensors.length;
    const endChunk = at(chunks.firstChunks, extent);
    const paths = { finalPath: join(folder, shard.name), workPath: workPath(at(own, i)) };
    return { shard, ...paths, firstChunk, endChunk };
  });
  return { chunks, files };
}

const tensorsOf = ({ tensors }: Layout, shard: ShardFile): readonly ModelTensor[] =>
  shard.tensors.map((i) => at(tensors, i));

/** The kept tensors of some files. */
export const keptIn = (layout: Layout, files: readonly ShardFile[]): readonly KeptBytes[] =>
  files.flatMap((shard) => tensorsOf(layout, shard).flatMap(({ name }) => layout.kept.get(name) ?? []));

/**
 * @param descriptors  one per file; undefined for a file that is finished
 * @param sources      those of the files' kept tensors
 */
export function makeWriteJob(
  { chunks, files }: RunPlan,
  layout: Layout,
  descriptors: readonly (number | undefined)[],
  queues: readonly number[],
  sources: KeptSources,
): Job {
  const tensors = files.flatMap(({ shard, finalPath: path }, i) =>
    shard.tensors.map((index) => {
      const { position } = at(layout.positions, index);
      // No chunk of a finished file is claimed.
      const descriptor = descriptors[i] ?? -1;
      return jobTensorOf(makingOf(layout, index), { kind: 'file', descriptor, path, position }, sources);
    }),
  );
  return { chunks, tensors, queues };
}

/** Draws of one sequence give each thread a stretch of it; others give it files of its own. */
export const queuesOf = (
  { generator }: Layout,
  { chunks, files }: RunPlan,
  threads: number,
): readonly number[] =>
  isSequential(generator) ? cutStretches(chunks.chunkCount, threads) : chooseQueues(files, threads);

/**
 * Gives each thread a queue of whole files, all queues with about as many bytes, so that threads write different files.
 * @returns the first chunk of each queue
 */
export function chooseQueues(
  files: readonly { readonly shard: Pick<ShardFile, 'byteLength'>; readonly firstChunk: number }[],
  threads: number,
): readonly number[] {
  const total = sumOf(files, ({ shard }) => shard.byteLength);
  const queues = [0];
  let before = 0;
  for (const { shard, firstChunk } of files) {
    // The middle of a file decides its queue, so no queue is short of more than half a file.
    const queue = Math.floor(((before + shard.byteLength / 2) / total) * threads);
    if (queue >= queues.length && firstChunk > at(queues, queues.length - 1)) queues.push(firstChunk);
    before += shard.byteLength;
  }
  return queues;
}
