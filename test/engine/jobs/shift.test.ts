/** A shift that fails stops the job, and every shift marks its end. Shifts run one after another here, without threads. */
import { expect, test, vi } from 'vitest';
import { planChunks, CHUNK_ELEMENTS } from '../../../src/domain/partition/chunks.js';
import { ChunkClaims } from '../../../src/engine/jobs/chunk-claims.js';
import { ShiftStates } from '../../../src/engine/jobs/shift-states.js';
import { openFiller, SPECIFICATION } from '../../../src/engine/choice/open-filler.js';
import type { FilledJob } from '../../../src/engine/fillers/filler.js';
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

test('a shift counts as running before it first looks whether the job is stopped: whoever stops it sees that it may write', () => {
  const { states, task } = tasks();
  const seen: boolean[] = [];
  const flag = vi.spyOn(ChunkClaims.prototype, 'isStopped', 'get').mockImplementation(() => {
    seen.push(states.isAnyRunning);
    return false;
  });
  runShift(task(0), () => ({ run: () => undefined }));
  flag.mockRestore();
  expect(seen.length).toBeGreaterThan(0);
  expect(new Set(seen)).toEqual(new Set([true]));
});

test('a chunk is marked when its work has ended, and not before', () => {
  const { claims, task } = tasks();
  const left: number[] = [];
  runShift(task(0), () => ({ run: () => void left.push(claims.countLeft()) }));
  expect([left, claims.countLeft()]).toEqual([[4, 3, 2, 1], 0]);
});

/** As shifts load it. */
const specificationFiller = openFiller(SPECIFICATION, () => undefined);

test('a filler can ask in the middle of a chunk whether the job is stopped, and is left when the shift ends or fails', () => {
  for (const ending of [(): void => undefined, (): never => expect.fail('broken')]) {
    const { claims, task } = tasks();
    let job: FilledJob | undefined;
    const enter = vi.spyOn(specificationFiller, 'enter').mockImplementation((given) => void (job = given));
    const leave = vi.spyOn(specificationFiller, 'leave');
    const answers: (boolean | undefined)[] = [];
    const run = (): void => {
      answers.push(job?.isStopped());
      claims.stop();
      answers.push(job?.isStopped());
      ending();
    };
    runShift(task(0), () => ({ run }));
    expect([answers, leave.mock.calls.length]).toEqual([[false, true], 1]);
    enter.mockRestore();
    leave.mockRestore();
  }
});
