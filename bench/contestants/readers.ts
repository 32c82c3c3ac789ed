/**
 * verifyCheckpoint beside other programs that read all bytes of the same file.
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Engine } from '#built/api/engine.js';
import { CHUNK_ELEMENTS } from '#built/domain/partition/chunks.js';
import { PIECE_BYTES } from '#built/storage/verify/compare-work.js';
import type { WriteReport } from '#built/storage/write/write-checkpoint.js';
import type { VerifyReport } from '#built/storage/verify/verify-report.js';
import { BYTES_PER_ELEMENT } from '../measure/answer.js';
import { clock, type Contestant } from '../measure/contest.js';
import type { Crew } from './crew/crew.js';
import { nameThreads } from '../measure/numbers-in-text.js';

/** What a reader needs of a report, for a checkpoint of one file. */
export type StoredModel = Pick<WriteReport, 'path' | 'elementCount' | 'byteLength'>;

const sizeOf = ({
  elementCount,
  byteLength,
}: StoredModel): Pick<Contestant, 'elementCount' | 'byteWidth'> => ({
  elementCount,
  byteWidth: byteLength / elementCount,
});

/** The whole public call. */
export function verifyRun(engine: Engine, model: StoredModel): Contestant {
  let report: VerifyReport | undefined;
  return {
    label: 'verify',
    role: 'jumpfill',
    threads: engine.threads,
    ...sizeOf(model),
    run: () =>
      clock(async () => {
        report = await engine.verifyCheckpoint(model.path);
      }),
    proof: {
      spoil: () => undefined,
      check: (label) => {
        const isWhole = report?.checkedElements === model.elementCount;
        if (!report?.equal || !isWhole) throw new Error(`${label}: ${model.path} was not found to be equal`);
      },
    },
  };
}

/** `cat FILE > /dev/null`, from the start of its process to its end. */
export const catRun = (model: StoredModel): Contestant => ({
  label: 'cat to /dev/null',
  role: 'ceiling',
  threads: 1,
  ...sizeOf(model),
  run: () => clock(() => cat(model.path)),
});

/** @throws cat is missing or fails */
export async function cat(path: string): Promise<void> {
  const sink = openSync(devNull, 'w');
  try {
    const child = spawn('cat', [path], { stdio: ['ignore', sink, 'inherit'] });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`cat ${path} ended with exit code ${code}`);
  } finally {
    closeSync(sink);
  }
}

/** Chunks of float32. */
const CHUNK_BYTES = CHUNK_ELEMENTS * BYTES_PER_ELEMENT;

/** Threads that claim chunks and read them in pieces, as verify does, and ignore the bytes. */
export function readRun(crew: Crew, descriptor: number, model: StoredModel, threads: number): Contestant {
  const action = { kind: 'read', descriptor, scratchElements: PIECE_BYTES } as const;
  // Bytes for elements: of what dtype they are does not matter here.
  const work = { action, elementCount: model.byteLength, byteWidth: 1, pieceElements: CHUNK_BYTES };
  return {
    label: `only reading, ${nameThreads(threads)}`,
    role: 'fill',
    threads,
    ...sizeOf(model),
    run: () => crew.run(work, threads),
  };
}
