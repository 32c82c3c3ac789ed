/**
 * Contestants that write files: ours, and threads that write constant bytes in the same pattern.
 * @module
 */
import { readSync } from 'node:fs';
import type { Draw } from '#built/domain/draws/draw.js';
import { chooseChunkElements } from '#built/domain/partition/chunks.js';
import { DTYPES } from '#built/domain/tensors/dtypes.js';
import { SCRATCH_BYTES } from '#built/engine/fillers/filler.js';
import type { KernelCode } from '#built/engine/choice/open-filler.js';
import { BYTES_PER_ELEMENT } from '../measure/answer.js';
import { checkSamples, type Proof, type ReadBytes } from '../measure/check.js';
import type { Contestant } from '../measure/contest.js';
import type { Crew } from './crew/crew.js';
import type { FreshFile } from '../measure/temporary-files.js';

/** Elements the engine writes at a time. */
export const ENGINE_SCRATCH_ELEMENTS = SCRATCH_BYTES / BYTES_PER_ELEMENT;

/** Threads that claim chunks as the engine does, fill a scratch and write it. */
export function fileWrite(
  crew: Crew,
  file: FreshFile,
  threads: number,
  scratchElements: number,
  source: { readonly kernels: KernelCode; readonly draw: Draw },
): Contestant {
  const run = writeRun(crew, file, threads, scratchElements, source);
  return { ...run, label: 'kernel and write', role: 'jumpfill', proof: proofInFile(file, source.draw) };
}

/** The ceiling of file output. */
export function constantWrite(
  crew: Crew,
  file: FreshFile,
  threads: number,
  scratchElements = ENGINE_SCRATCH_ELEMENTS,
): Contestant {
  return {
    ...writeRun(crew, file, threads, scratchElements),
    label: 'threads that write a constant buffer',
    role: 'ceiling',
  };
}

function writeRun(
  crew: Crew,
  file: FreshFile,
  threads: number,
  scratchElements: number,
  source?: { readonly kernels: KernelCode; readonly draw: Draw },
): Pick<Contestant, 'threads' | 'elementCount' | 'prepare' | 'run'> {
  const { elementCount } = file;
  const pieceElements = Math.max(scratchElements, chooseChunkElements(elementCount));
  return {
    threads,
    elementCount,
    prepare: () => file.renew(),
    run: () => {
      const action = {
        kind: 'write',
        descriptor: file.handle.fd,
        scratchElements,
        ...(source && { source }),
      } as const;
      return crew.run({ action, elementCount, pieceElements }, threads);
    },
  };
}

/** A new file has nothing to spoil: unwritten elements are 0. */
export const proofInFile = (file: FreshFile, draw: Draw): Proof => ({
  spoil: () => undefined,
  check: (label) => {
    checkSamples(label, { draw }, file.elementCount, readInFile(file.handle.fd, 0, draw));
  },
});

/** @param position  of the draw's first element, in bytes from the beginning of the file */
export function readInFile(descriptor: number, position: number, { dtype }: Draw): ReadBytes {
  const { byteWidth } = DTYPES[dtype];
  return (start, count) => {
    const bytes = new Uint8Array(count * byteWidth);
    readSync(descriptor, bytes, 0, bytes.length, position + start * byteWidth);
    return bytes;
  };
}
