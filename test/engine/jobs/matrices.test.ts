/** Threads share what is made of a large orthogonal matrix; the bytes are those of a thread alone, whatever becomes of the others. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SharedTensor } from 'jumpfill';
import { Coordinator } from '#built/engine/jobs/coordinator.js';
import { ChunkClaims } from '#built/engine/jobs/chunk-claims.js';
import type { Job } from '#built/engine/jobs/protocol.js';
import { ShiftStates } from '#built/engine/jobs/shift-states.js';
import { runShift } from '#built/engine/jobs/shift.js';
import { compileSimd } from '#built/engine/simd/code.js';
import { Workspaces } from '#built/engine/simd/matrix-workspaces.js';
import { openWork } from '#built/storage/open-work.js';
import type { OrthogonalDraw } from '../../../src/domain/draws/orthogonal-draw.js';
import { cutOf } from '../../../src/domain/matrices/panels.js';
import { planChunks } from '../../../src/domain/partition/chunks.js';
import { makeFolder } from '../../support/folder.js';
import { FAULTY_WORKER, faultyTensor, timesLeft } from '../../support/faults.js';
import { fillBySimd } from '../../support/simd-draws.js';

const ROOT = [0x01234567, 0x09abcdef, -2, 0x600df00d];
const WORKER = new URL('../../../dist/workers/fill.cjs', import.meta.url);

const matrixOf = (rows: number, columns: number): OrthogonalDraw => ({
  kind: 'orthogonal',
  dtype: 'float32',
  root: ROOT,
  matrix: { rows, columns, gain: 1, first: 0 },
});

/** Larger than a chunk, and of ten panels and more. */
const WIDE = matrixOf(500, 600);
const TALL = matrixOf(1100, 300);
const SQUARE = matrixOf(520, 520);

const sizeOf = ({ matrix: { rows, columns } }: OrthogonalDraw): number => rows * columns;

function jobOf(draw: OrthogonalDraw, tensor: SharedTensor): Job {
  const { buffer, memory, byteOffset, length: elementCount } = tensor;
  return {
    chunks: planChunks([{ offset: 0, elementCount, cut: cutOf(draw, draw.dtype) }]),
    tensors: [{ kind: 'draw', draw, target: { kind: 'memory', buffer, memory, byteOffset } }],
  };
}

const openCoordinator = (threads: number, workerUrl = WORKER): Coordinator =>
  new Coordinator({ threads, workerUrl }, { simd: true, revectorize: false }, openWork);

/** The matrix by one filler alone, which the parity tests compare with the specification. */
function alone(draw: OrthogonalDraw): Float32Array {
  const out = new Float32Array(new SharedArrayBuffer(4 * sizeOf(draw)));
  fillBySimd({ ...draw }, out);
  return out;
}

const expectBytes = (found: Float32Array, expected: Float32Array): void => {
  expect(Buffer.compare(Buffer.from(found.slice().buffer), Buffer.from(expected.slice().buffer))).toBe(0);
};

test.each([
  ['wide', WIDE],
  ['tall', TALL],
  ['square', SQUARE],
] as const)('a %s matrix is the same from 1, 2, 3 and 7 threads, and from one filler', async (_, draw) => {
  const expected = alone(draw);
  for (const threads of [1, 2, 3, 7]) {
    const coordinator = openCoordinator(threads);
    const tensor = SharedTensor.empty([sizeOf(draw)]);
    await coordinator.run(jobOf(draw, tensor));
    await coordinator.destroy();
    expectBytes(tensor.data, expected);
  }
});

test('chunks of a large matrix are whole panels, those of a wide one from the last row on', () => {
  const { chunks } = jobOf(WIDE, SharedTensor.empty([sizeOf(WIDE)]));
  expect(chunks.chunkCount).toBeGreaterThan(10);
  expect(cutOf(WIDE, 'float32')).toEqual({ elements: 32 * 600, fromEnd: true });
  expect(cutOf(TALL, 'float32')?.fromEnd).toBe(false);
  expect(cutOf(matrixOf(512, 512), 'float32')).toBe(undefined);
});

test('a few elements of a large matrix are work for a thread, not for the caller', async () => {
  const coordinator = openCoordinator(2);
  const tensor = SharedTensor.empty([10]);
  await coordinator.run(jobOf(SQUARE, tensor));
  expect(coordinator.startedThreads).toBe(1);
  await coordinator.destroy();
  expectBytes(tensor.data, alone(SQUARE).subarray(0, 10));
});

test.each([
  ['wide', WIDE],
  ['tall', TALL],
] as const)('a thread that dies in the middle of a %s matrix leaves nothing behind', async (_, draw) => {
  const faulty = faultyTensor(sizeOf(draw), 'exit', 3);
  const coordinator = openCoordinator(2, FAULTY_WORKER);
  await coordinator.run(jobOf(draw, faulty.tensor));
  await coordinator.destroy();
  expect(timesLeft(faulty)).toBe(0);
  expectBytes(faulty.tensor.data, alone(draw));
});

/** Indices into the buffer of workspaces, as 32-bit numbers. */
const WORKSPACE_FIELDS = { lock: 0, users: 16 } as const;

/** Runs the job on this thread. */
function runAlone(job: Job, workspaces: SharedArrayBuffer | undefined): ChunkClaims {
  const claims = ChunkClaims.create(job.chunks.chunkCount);
  const states = ShiftStates.create(1).buffer;
  const report = runShift(
    { ...job, workspaces, kernels: compileSimd(), claims: claims.buffer, states, shift: 0 },
    openWork,
  );
  expect(report).toEqual({ kind: 'ended', fallback: undefined });
  return claims;
}

test.each([
  ['the lock of a thread that died while it had it', WORKSPACE_FIELDS.lock],
  ['a workspace that a dead thread is in', WORKSPACE_FIELDS.users],
])('%s costs time, not bytes', (_, field) => {
  for (const draw of [WIDE, TALL]) {
    const workspaces = Workspaces.create([draw], 1) ?? expect.fail('no workspace');
    new Int32Array(workspaces)[field] = 1;
    const tensor = SharedTensor.empty([sizeOf(draw)]);
    expect(runAlone(jobOf(draw, tensor), workspaces).countLeft()).toBe(0);
    expectBytes(tensor.data, alone(draw));
  }
});

test('a part that another thread has claimed and never makes costs time, not bytes, and the part is made', () => {
  for (const draw of [WIDE, TALL]) {
    const workspaces = Workspaces.create([draw], 1) ?? expect.fail('no workspace');
    const left = new Workspaces(workspaces).enter(draw) ?? expect.fail('no workspace');
    left.states[1] = 1;
    const tensor = SharedTensor.empty([sizeOf(draw)]);
    expect(runAlone(jobOf(draw, tensor), workspaces).countLeft()).toBe(0);
    expectBytes(tensor.data, alone(draw));
    expect([...new Set(left.states)]).toEqual([2]);
  }
});

test('a matrix for which the workspaces are too small, or none is left, is made without', () => {
  const small = Workspaces.create([matrixOf(513, 513)], 4) ?? expect.fail('no workspace');
  const larger = matrixOf(700, 700);
  expect(new Workspaces(small).enter(larger)).toBe(undefined);
  const tensor = SharedTensor.empty([sizeOf(larger)]);
  runAlone(jobOf(larger, tensor), small);
  expectBytes(tensor.data, alone(larger));
});

test('a job has as many workspaces as threads, however many matrices, and as one has to itself if it is huge', () => {
  const matrices = Array.from({ length: 100 }, (_, i) => ({ ...SQUARE, root: [i, 0, 0, 1] }));
  const one = Workspaces.create([SQUARE], 4)?.byteLength ?? 0;
  expect(one).toBeGreaterThan((4 * sizeOf(SQUARE)) / 2);
  expect(Workspaces.create(matrices, 3)?.byteLength).toBeLessThanOrEqual(3 * one);
  const large = Array.from({ length: 9 }, () => matrixOf(8192, 8192));
  expect(Workspaces.create(large, 64)?.byteLength).toBeLessThanOrEqual(2 ** 30);
  expect(Workspaces.create([matrixOf(20_000, 20_000)], 4)).toBe(undefined);
  expect(Workspaces.create([matrixOf(512, 512)], 4)).toBe(undefined);
});

test('a workspace is kept for its matrix, shared, and given to another once everyone has left it', () => {
  const first = { ...SQUARE, root: [1, 0, 0, 1] };
  const second = { ...SQUARE, root: [2, 0, 0, 1] };
  const workspaces = new Workspaces(Workspaces.create([first, second], 1) ?? expect.fail('no workspace'));
  const a = workspaces.enter(first);
  const b = workspaces.enter({ ...first });
  if (a === undefined || b === undefined) expect.fail('no workspace');
  a.states[3] = 2;
  expect(b.states[3]).toBe(2);
  expect(workspaces.enter(second)).toBe(undefined);
  a.leave();
  expect(workspaces.enter(second)).toBe(undefined);
  b.leave();
  expect(workspaces.enter(first)?.states[3]).toBe(2);
});

test.each([
  ['wide', WIDE],
  ['tall', TALL],
] as const)('a stopped job ends in the middle of a chunk of a %s matrix, which is not marked', (_, draw) => {
  const job = jobOf(draw, SharedTensor.empty([sizeOf(draw)]));
  const claims = ChunkClaims.create(job.chunks.chunkCount);
  const states = ShiftStates.create(1).buffer;
  const report = runShift(
    { ...job, kernels: compileSimd(), claims: claims.buffer, states, shift: 0 },
    (tensor, filler) => {
      claims.stop();
      return openWork(tensor, filler);
    },
  );
  expect(report.kind).toBe('ended');
  expect(claims.countLeft()).toBe(job.chunks.chunkCount);
});

test('an abort ends a job whose threads are at their first chunk', async () => {
  const draw = matrixOf(4096, 4096);
  const tensor = SharedTensor.empty([sizeOf(draw)]);
  const coordinator = openCoordinator(2);
  const controller = new AbortController();
  const run = coordinator.run(jobOf(draw, tensor), { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(run).rejects.toThrow('enough');
  await coordinator.destroy();
});

/** A file of the bytes, written by the job, and its path. */
async function writeFile(draw: OrthogonalDraw, workspaces: SharedArrayBuffer | undefined): Promise<Buffer> {
  const path = join(makeFolder(), 'matrix');
  const file = await open(path, 'w+');
  try {
    const { chunks } = jobOf(draw, SharedTensor.empty([sizeOf(draw)]));
    const target = { kind: 'file', descriptor: file.fd, path, position: 0 } as const;
    expect(runAlone({ chunks, tensors: [{ kind: 'draw', draw, target }] }, workspaces).countLeft()).toBe(0);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

test.each([
  ['wide', matrixOf(900, 1000)],
  ['tall', matrixOf(3000, 300)],
] as const)(
  'a %s matrix of many scratches is the same in a file, with a workspace and without',
  async (_, draw) => {
    const expected = Buffer.from(alone(draw).buffer);
    const workspaces = Workspaces.create([draw], 1) ?? expect.fail('no workspace');
    for (const given of [workspaces, undefined])
      expect(Buffer.compare(await writeFile(draw, given), expected)).toBe(0);
  },
);
