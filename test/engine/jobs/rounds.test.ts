/** When a round ends, and what follows it. Threads are promises here, which the tests settle: no thread, no clock. */
import { describe, expect, test } from 'vitest';
import { at } from '#built/base/at.js';
import { CHUNK_ELEMENTS, planChunks } from '#built/domain/partition/chunks.js';
import { SPECIFICATION } from '#built/engine/choice/open-filler.js';
import { ChunkClaims } from '#built/engine/jobs/chunk-claims.js';
import { Interruption } from '#built/engine/jobs/interruption.js';
import type { Job, ShiftReport, ShiftTask } from '#built/engine/jobs/protocol.js';
import { Round, runRounds } from '#built/engine/jobs/rounds.js';
import { ShiftStates } from '#built/engine/jobs/shift-states.js';

const CHUNKS = 4;
const ENDED: ShiftReport = { kind: 'ended', fallback: undefined };

/** A shift as its thread works on it. */
class Shift {
  readonly report: Promise<ShiftReport>;
  #settle: (report: ShiftReport) => void = () => undefined;
  #fail: (cause: unknown) => void = () => undefined;

  constructor(readonly task: ShiftTask) {
    this.report = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
  }

  get #states(): ShiftStates {
    return new ShiftStates(this.task.states);
  }

  get claims(): ChunkClaims {
    return new ChunkClaims(this.task.claims, CHUNKS);
  }

  begin(): this {
    this.#states.begin(this.task.shift);
    return this;
  }

  end(report = ENDED): void {
    this.#states.end(this.task.shift);
    this.#settle(report);
  }

  /** The thread is gone: it does not say so in shared memory. */
  die(cause = new Error('gone')): void {
    this.#fail(cause);
  }
}

interface Opened {
  readonly round: Round;
  readonly claims: ChunkClaims;
  /** All shifts that were ever handed out. */
  readonly shifts: readonly Shift[];
}

/** @param onShift  works on each shift as soon as it is handed out */
function openRound(
  shiftCount: number,
  more: Partial<Job> = {},
  onShift: (shift: Shift) => void = () => undefined,
): Opened {
  const claims = ChunkClaims.create(CHUNKS);
  const shifts: Shift[] = [];
  const pool = {
    run: (task: ShiftTask): Promise<ShiftReport> => {
      const shift = new Shift(task);
      shifts.push(shift);
      onShift(shift);
      return shift.report;
    },
  };
  const chunks = planChunks([{ offset: 0, elementCount: CHUNKS * CHUNK_ELEMENTS }]);
  const job: Job = { chunks, tensors: [], ...more };
  return { round: new Round(pool as never, job, SPECIFICATION, claims, shiftCount), claims, shifts };
}

/** Whether a promise has settled, once everything has run that can. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => void (settled = true);
  void promise.then(note, note);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('a round', () => {
  test('ends when all its shifts have ended, not before', async () => {
    const { round, shifts } = openRound(2);
    const ending = round.run();
    at(shifts, 0).begin().end();
    at(shifts, 1).begin();
    expect(await isSettled(ending)).toBe(false);
    at(shifts, 1).end();
    expect(await ending).toEqual([ENDED, ENDED]);
  });

  test('that is stopped ends at once if none of its shifts runs', async () => {
    const { round, claims } = openRound(2);
    const ending = round.run();
    round.stop();
    expect(await isSettled(ending)).toBe(true);
    expect([claims.isStopped, claims.claim(0)]).toEqual([true, -1]);
  });

  test('that is stopped does not end while a shift is in a chunk, but as soon as that has ended', async () => {
    const { round, shifts } = openRound(3);
    const ending = round.run();
    at(shifts, 0).begin();
    at(shifts, 1).begin();
    round.stop();
    expect(await isSettled(ending)).toBe(false);
    at(shifts, 1).end();
    expect(await isSettled(ending)).toBe(false);
    at(shifts, 0).end();
    // The third never begins.
    expect(await isSettled(ending)).toBe(true);
  });

  test('that is stopped does not wait for a thread that died in a chunk', async () => {
    const { round, shifts } = openRound(2);
    const ending = round.run();
    at(shifts, 0).begin().die();
    round.stop();
    expect(await isSettled(ending)).toBe(true);
  });

  test('offers all chunks again that are not done', async () => {
    const { round, claims, shifts } = openRound(1);
    claims.markDone(claims.claim(0));
    const lost = claims.claim(0);
    const ending = round.run();
    expect(at(shifts, 0).claims.claim(0)).toBe(lost);
    at(shifts, 0).end();
    await ending;
  });
});

describe('rounds', () => {
  const never = new Interruption(() => undefined);

  /** Runs rounds of one shift, each of which does as many chunks as its number says, then dies. */
  async function runScript(done: readonly number[]): Promise<{ outcome: unknown; rounds: number }> {
    const left = [...done];
    const { round, claims, shifts } = openRound(1, {}, (shift) => {
      for (let i = left.shift() ?? 0; i > 0; i--) shift.claims.markDone(shift.claims.claim(0));
      shift.begin().die(new Error('out of memory'));
    });
    const outcome: unknown = await runRounds(round, claims, never).catch((error: unknown) => error);
    return { outcome, rounds: shifts.length };
  }

  test('go on while each of two in a row does a chunk, though a thread dies in every one', async () => {
    expect(await runScript([1, 0, 1, 0, 1, 0, 1])).toEqual({ outcome: undefined, rounds: 7 });
  });

  test('end after two in a row without a chunk, with the cause of death', async () => {
    const { outcome, rounds } = await runScript([1, 0, 1, 0, 0, 4]);
    expect(rounds).toBe(5);
    expect(outcome).toMatchObject({
      code: 'WORKER_FAILED',
      found: expect.stringContaining('2 of 4 left') as string,
      cause: { message: 'out of memory' },
    });
  });

  test('end with the first when a shift fails, and report what it found', async () => {
    const failure = { code: 'NO_SPACE', found: 'It is full.', remedy: 'Free some.', stack: 'there' } as const;
    const { round, claims, shifts } = openRound(2, {}, (shift) => {
      if (shift.task.shift === 1) shift.begin().end({ kind: 'failed', failure });
      else shift.begin().end();
    });
    await expect(runRounds(round, claims, never)).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(shifts).toHaveLength(2);
  });

  test('end with the first if a chunk that is left may be half changed', async () => {
    const { round, claims, shifts } = openRound(1, { once: true }, (shift) => {
      shift.claims.markDone(0);
      shift.begin().die();
    });
    await expect(runRounds(round, claims, never)).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      remedy: expect.stringContaining('half changed') as string,
    });
    expect(shifts).toHaveLength(1);
  });

  test('are over once the job is interrupted: nothing else is reported, and no further round begins', async () => {
    const opened = openRound(1, {}, (shift) => {
      shift.begin();
      interruption.raise('enough');
      shift.end();
    });
    const interruption = new Interruption(() => {
      opened.round.stop();
    });
    const running = runRounds(opened.round, opened.claims, interruption);
    await expect(running).rejects.toBe('enough');
    expect(opened.shifts).toHaveLength(1);
  });
});
