/**
 * Contestants that fill memory.
 * @module
 */
import type { Engine } from '#built/api/engine.js';
import type { Draw } from '#built/domain/draws/draw.js';
import type { Init } from '#built/domain/recipes/init.js';
import type { KernelCode } from '#built/engine/choice/open-filler.js';
import { chooseChunkElements } from '#built/domain/partition/chunks.js';
import { DTYPES, type Dtype } from '#built/domain/tensors/dtypes.js';
import type { AnyTensor, SharedTensor } from '#built/engine/memory/shared-tensor.js';
import { proofIn } from '../measure/check.js';
import { clock, type Contestant } from '../measure/contest.js';
import type { Crew } from './crew/crew.js';
import { MEMORY_FILL } from './memory-fill.js';
import { drawOf, type OwnTensor, type Subject } from './subjects.js';

/** Pieces are whole cache lines, so that no two threads write to one. */
const CACHE_LINE_BYTES = 64;

/** One piece a thread: the fewest calls and claims there can be. */
function shareOf({ length, dtype }: AnyTensor, threads: number): number {
  const lineElements = CACHE_LINE_BYTES / DTYPES[dtype].byteWidth;
  return Math.ceil(length / threads / lineElements) * lineElements;
}

/** The ceiling: of bytes that are not zero. */
export function memoryFill(crew: Crew, tensor: OwnTensor<Dtype>, threads: number): Contestant {
  const { memory, length, dtype } = tensor;
  const { byteWidth } = DTYPES[dtype];
  const action = { kind: 'memory.fill', memory } as const;
  const work = { action, elementCount: length, byteWidth, pieceElements: shareOf(tensor, threads) };
  return {
    label: MEMORY_FILL,
    role: 'ceiling',
    threads,
    elementCount: length,
    byteWidth,
    run: () => crew.run(work, threads),
  };
}

/** Some processors store zeros faster than anything else. */
export function zeroFill(crew: Crew, tensor: OwnTensor, threads: number): Contestant {
  const { memory, length } = tensor;
  const action = { kind: 'memory.fill', memory, byte: 0 } as const;
  const work = { action, elementCount: length, pieceElements: shareOf(tensor, threads) };
  return {
    label: `${MEMORY_FILL} of zeros`,
    role: 'fill',
    threads,
    elementCount: length,
    run: () => crew.run(work, threads),
  };
}

export function arrayFill(crew: Crew, tensor: SharedTensor, threads: number): Contestant {
  const { buffer, length } = tensor;
  const action = { kind: 'array.fill', buffer } as const;
  const work = { action, elementCount: length, pieceElements: shareOf(tensor, threads) };
  return {
    label: 'Float32Array.prototype.fill',
    role: 'fill',
    threads,
    elementCount: length,
    run: () => crew.run(work, threads),
  };
}

/** A kernel without the engine: the crew's threads claim chunks of the engine's size. */
export function kernelRun(
  crew: Crew,
  tensor: OwnTensor,
  { label, draw, kernels }: { label: string; draw: Draw; kernels: KernelCode },
  threads: number,
): Contestant {
  const { memory, length } = tensor;
  const action = { kind: 'kernel', kernels, draw, memory } as const;
  const work = { action, elementCount: length, pieceElements: chooseChunkElements(length) };
  return {
    label,
    role: 'jumpfill',
    threads,
    elementCount: length,
    run: () => crew.run(work, threads),
    proof: proofIn(tensor.data, draw),
  };
}

/** The whole public call. */
export function engineRun(engine: Engine, tensor: SharedTensor, { label, fill, init }: Subject): Contestant {
  return {
    label,
    role: 'jumpfill',
    threads: engine.threads,
    elementCount: tensor.length,
    run: () => clock(() => fill(engine, tensor)),
    proof: proofIn(tensor.data, drawOf(init, tensor.shape)),
  };
}

/** The same of any initialiser and dtype. */
export function initRun(engine: Engine, tensor: OwnTensor<Dtype>, label: string, init: Init): Contestant {
  const { dtype, shape } = tensor;
  return {
    label,
    role: 'jumpfill',
    threads: engine.threads,
    elementCount: tensor.length,
    byteWidth: DTYPES[dtype].byteWidth,
    run: () => clock(() => engine.fill(tensor, init)),
    proof: proofIn(tensor.data, drawOf(init, shape, { dtype })),
  };
}
