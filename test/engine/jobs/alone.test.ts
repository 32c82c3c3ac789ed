/** Jobs that run on the calling thread. */
import { expect, test } from 'vitest';
import { JumpfillError } from 'jumpfill';
import { makeStreamDraw } from '#built/domain/draws/stream-draw.js';
import { uniformParameters } from '#built/domain/kernels/uniform.js';
import { planChunks } from '#built/domain/partition/chunks.js';
import { SPECIFICATION } from '#built/engine/choice/open-filler.js';
import { Coordinator } from '#built/engine/jobs/coordinator.js';
import type { Job, JobTensor } from '#built/engine/jobs/protocol.js';
import { runAlone } from '#built/engine/jobs/shift.js';

const DRAW = makeStreamDraw('float32', { kernel: uniformParameters(-1, 1) }, 1n, 'w');
const TENSOR: JobTensor = {
  kind: 'draw',
  draw: DRAW,
  target: { kind: 'memory', buffer: new SharedArrayBuffer(0), memory: undefined, byteOffset: 0 },
};

/** Chunks of a block. */
const jobOf = (...counts: readonly number[]): Job => ({
  chunks: planChunks(
    counts.map((elementCount) => ({ offset: 3, elementCount })),
    65_536,
  ),
  tensors: counts.map(() => TENSOR),
});

test('every chunk of every tensor is worked on once, in order, and a tensor is opened once', () => {
  const seen: string[] = [];
  let opened = 0;
  const fallback = runAlone(jobOf(70_000, 0, 5), SPECIFICATION, () => {
    const tensor = opened++;
    return {
      run: (start, elementCount, first) => seen.push(`${tensor}: ${start} ${elementCount} ${first}`),
    };
  });
  expect(fallback).toBe(undefined);
  expect(seen).toEqual(['0: 3 65533 0', '0: 65536 4467 65533', '1: 3 5 0']);
});

test('what work throws is reported as by another thread, and no further chunk is begun', () => {
  const broken = new RangeError('the kernel found a fault');
  let begun = 0;
  const fill = (): unknown =>
    runAlone(jobOf(200_000), SPECIFICATION, () => ({
      run: () => {
        begun++;
        throw broken;
      },
    }));
  expect(fill).toThrow(JumpfillError);
  expect(fill).toThrow('A worker thread failed: the kernel found a fault.');
  expect(begun).toBe(2);
});

test('a job of a chunk ends before the call returns; a job of more is refused', () => {
  let begun = 0;
  const openWork = () => ({
    run: () => {
      begun++;
    },
  });
  const coordinator = new Coordinator({ threads: 1 }, { simd: true, revectorize: false }, openWork);
  expect(coordinator.runIfSmall(jobOf(262_144), {})).toBe(true);
  expect(begun).toBe(5);
  expect(coordinator.runIfSmall(jobOf(262_145), {})).toBe(false);
  expect(begun).toBe(5);
});

const QUICK = { simd: true, revectorize: false };
const SPARING = { threads: 2, sparesThreads: true };
const doNothing = () => ({ run: () => undefined });

test('without threads, what is done before a thread starts runs at once: 2^21 elements a job, 2^24 in all', () => {
  const coordinator = new Coordinator(SPARING, QUICK, doNothing);
  expect(coordinator.runIfSmall(jobOf(2 ** 21 + 1), {})).toBe(false);
  for (let i = 0; i < 8; i++) expect(coordinator.runIfSmall(jobOf(2 ** 20, 2 ** 20), {})).toBe(true);
  expect(coordinator.runIfSmall(jobOf(2 ** 18 + 1), {})).toBe(false);
  expect(coordinator.runIfSmall(jobOf(2 ** 18), {})).toBe(true);
  expect(coordinator.startedThreads).toBe(0);
});

const LAW = { kind: 'inversion', law: 'exponential', scale: 1, shift: 0 } as const;

test.each<[string, Partial<JobTensor>]>([
  ['a kernel without vectors', { draw: makeStreamDraw('float32', { kernel: LAW as never }, 1n, 'w') }],
  ['torch, whose generator jumps', { draw: { kind: 'torch' } as never }],
  ['a matrix', { draw: { kind: 'orthogonal' } as never }],
  ['an operator', { kind: 'operate' }],
])('%s has threads from its first chunk on', (_, other) => {
  const coordinator = new Coordinator(SPARING, QUICK, doNothing);
  const { chunks } = jobOf(2 ** 19);
  const job = { chunks, tensors: [{ ...TENSOR, ...other } as JobTensor] };
  expect(coordinator.runIfSmall(job, {})).toBe(false);
});

test('so has the specification', () => {
  const coordinator = new Coordinator(SPARING, { simd: false, revectorize: false }, doNothing);
  expect(coordinator.runIfSmall(jobOf(2 ** 19), {})).toBe(false);
});

test('an aborted small job does nothing and throws the reason', () => {
  const openWork = (): never => {
    throw new Error('opened');
  };
  const coordinator = new Coordinator({ threads: 1 }, { simd: true, revectorize: false }, openWork);
  const run = (): unknown => coordinator.runIfSmall(jobOf(10), { signal: AbortSignal.abort('never') });
  expect(run).toThrow('never');
});
