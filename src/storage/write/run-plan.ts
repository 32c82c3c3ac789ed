/**
 * How a run's files are cut into chunks, and what threads need to write them. Arithmetic only.
 * @module
 */
import { join } from 'node:path';
import { makeDraw } from '../../domain/kernels/draw.js';
import { planChunks, type Plan } from '../../domain/partition/chunks.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import type { Job, JobTensor } from '../../engine/jobs/protocol.js';
import type { Layout, ShardFile } from '../format/layout.js';

/** A file of a run, and the chunks of its tensors, which lie together in the plan. */
export interface Section {
  readonly file: ShardFile;
  /** Where it goes. */
  readonly finalPath: string;
  /** Where it grows. */
  readonly workPath: string;
  readonly firstChunk: number;
  readonly endChunk: number;
}

export interface RunPlan {
  readonly plan: Plan;
  readonly sections: readonly Section[];
}

/**
 * @param own       files of the run, by their index in the layout
 * @param folder    where they go
 * @param workPath  where each of them grows
 */
export function planRun(
  layout: Layout,
  own: readonly number[],
  folder: string,
  workPath: (file: number) => string,
): RunPlan {
  const files = own.flatMap((i) => layout.files[i] ?? []);
  const extents = files.flatMap((file) =>
    tensorsOf(layout, file).map(({ tensor }) => ({ offset: 0, elementCount: tensor.elementCount })),
  );
  const plan = planChunks(extents);
  let extent = 0;
  const sections = files.map((file, i): Section => {
    const firstChunk = plan.firstChunks[extent] ?? 0;
    extent += file.tensors.length;
    const endChunk = plan.firstChunks[extent] ?? 0;
    const paths = { finalPath: join(folder, file.name), workPath: workPath(own[i] ?? 0) };
    return { file, ...paths, firstChunk, endChunk };
  });
  return { plan, sections };
}

/** The tensors of a file in its order, each with the position of its first byte. */
function tensorsOf(layout: Layout, file: ShardFile): { tensor: ModelTensor; position: number }[] {
  return file.tensors.flatMap((i) => {
    const [tensor, place] = [layout.tensors[i], layout.positions[i]];
    return tensor && place ? [{ tensor, position: place.position }] : [];
  });
}

/** @param descriptors  of the sections' files; undefined of one that needs no writing */
export function makeJob(
  { plan, sections }: RunPlan,
  layout: Layout,
  descriptors: readonly (number | undefined)[],
  lanes: readonly number[],
): Job {
  const tensors = sections.flatMap(({ file, finalPath: path }, i) =>
    tensorsOf(layout, file).map(({ tensor, position }): JobTensor => {
      const draw = makeDraw(tensor.dtype, tensor.recipe, layout.seed, tensor.name);
      const descriptor = descriptors[i] ?? -1;
      return { kind: 'draw', draw, target: { kind: 'file', descriptor, path, position } };
    }),
  );
  return { plan, tensors, lanes };
}

/** Whole files, about as many bytes in each lane. */
export function chooseLanes(
  sections: readonly Pick<Section, 'file' | 'firstChunk' | 'endChunk'>[],
  threads: number,
): readonly number[] {
  const total = sections.reduce((sum, { file }) => sum + file.byteLength, 0);
  const lanes = [0];
  let before = 0;
  for (const { file, firstChunk } of sections) {
    // The middle of the file decides: so no lane is short of more than half a file.
    const lane = Math.floor(((before + file.byteLength / 2) / total) * threads);
    if (lane >= lanes.length && firstChunk > (lanes.at(-1) ?? 0)) lanes.push(firstChunk);
    before += file.byteLength;
  }
  return lanes;
}
