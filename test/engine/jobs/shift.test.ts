/** A shift that fails stops the job, and every shift marks its end. Shifts run one after another here, without threads. */
import { expect, test } from 'vitest';
import { planChunks, CHUNK_ELEMENTS } from '../../../src/domain/partition/chunks.js';
import { ChunkClaims } from '../../../src/engine/jobs/chunk-claims.js';
import { ShiftStates } from '../../../src/engine/jobs/shift-states.js';
import { SPECIFICATION } from '../../../src/engine/choice/open-filler.js';
import type { JobTensor, ShiftTask } from '../../../src/engine/jobs/protocol.js';
import { runShift, type Work } from '../../../src/engine/jobs/shift.js';

const chunks = planChunks([{ offset: 0, elementCount: 4 * CHUNK_ELEMENTS }]);
const target = {
  kind: 'memory',
  buffer: new SharedArrayBuffer(0),
  memory: undefined,
  byteOffset: 0,
} as const;
const tensors: readonly JobTensor[] = [{ kind: 'operate', operation: { kind: 'clip', bits: 2 }, target }];

function tasks(): { claims: ChunkClaims; states: ShiftStates; task: (shift: number) => ShiftTask } {
  const claims = ChunkClaims.create(chunks.chunkCount);
  const states = ShiftStates.create(2);
  const buffers = { claims: claims.buffer, states: states.buffer };
  return {
    claims,
    states,
    task: (shift) => ({ chunks, tensors, kernels: SPECIFICATION, ...buffers, shift }),
  };
}
const failing = (): Work => ({
  run: () => {
    throw new RangeError('broken');
  },
});

test('after a shift has failed, the next one does nothing, and the job has chunks left', () => {
  const { claims, task } = tasks();
  expect(runShift(task(0), failing)).toMatchObject({ kind: 'failed' });
  let chunks = 0;
  const counting = (): Work => ({
    run: () => {
      chunks++;
    },
  });
  expect(runShift(task(1), counting)).toEqual({ kind: 'ended', fallback: undefined });
  expect(chunks).toBe(0);
  expect(claims.countLeft()).toBe(4);
});

test('a shift does not count as running once it has failed, could not open its work, or has finished', () => {
  const unopened = (): Work => {
    throw new RangeError('no work');
  };
  for (const openWork of [failing, unopened, (): Work => ({ run: () => undefined })]) {
    const { states, task } = tasks();
    const seen: boolean[] = [];
    runShift(task(0), () => {
      seen.push(states.isAnyRunning);
      return openWork();
    });
    expect([seen[0], states.isAnyRunning]).toEqual([true, false]);
  }
});
