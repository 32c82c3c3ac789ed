/**
 * Fills of a plain SharedArrayBuffer beside fills of a tensor of our own.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import type { SharedTensor } from '#built/engine/memory/shared-tensor.js';
import type { Answer, Table } from '../../measure/answer.js';
import { measureBy, runContest } from '../../measure/contest.js';
import { arrayFill, engineRun, memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import type { Scale } from '../../measure/scale.js';
import { nameThreads } from '../../measure/numbers-in-text.js';
import {
  allocateOwn,
  allocateWrapped,
  SEED,
  truncatedNormal,
  wage,
  type OwnTensor,
} from '../../contestants/subjects.js';

export const nameWrapped = (label: string): string => `${label}, wrapped`;

export async function answer(scale: Scale): Promise<Answer> {
  await using crew = await Crew.start(scale.threads);
  const tables: Table[] = [];
  const own = allocateOwn(scale.elements);
  const foreign = allocateWrapped(scale.elements);
  for (const threads of new Set([1, scale.threads])) {
    tables.push(await timeBoth(crew, { own, foreign }, scale, threads));
  }
  return {
    tables,
    notes: [
      'Wrapped: a plain SharedArrayBuffer. (A WebAssembly.Memory that is wrapped costs what an own tensor costs.) WebAssembly stores only into its own memories, so a wrapped buffer is filled through a scratch and a copy. memory.fill cannot reach it either: the ceiling is the fill of as many bytes of an own tensor.',
    ],
  };
}

async function timeBoth(
  crew: Crew,
  { own, foreign }: { readonly own: OwnTensor; readonly foreign: SharedTensor },
  scale: Scale,
  threads: number,
): Promise<Table> {
  await using engine = new Engine({ threads, seed: SEED });
  const runs = [wage, truncatedNormal].flatMap((subject) => [
    { ...engineRun(engine, own, subject), label: `${subject.label}, own` },
    { ...engineRun(engine, foreign, subject), label: nameWrapped(subject.label) },
  ]);
  const fills = { ...arrayFill(crew, foreign, threads), label: 'Float32Array.prototype.fill, wrapped' };
  const rows = await runContest(measureBy(memoryFill(crew, own, threads), [fills, ...runs]), scale);
  return { kind: 'throughput', title: nameThreads(threads), rows };
}
