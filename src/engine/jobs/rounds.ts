/**
 * Rounds of a job: each gives every thread one shift, and the next takes up the chunks that a dead thread left behind.
 * @module
 */
import { JumpfillError, messageOf } from '../../base/errors.js';
import type { KernelCode } from '../choice/open-filler.js';
import { warnOfFallback } from '../choice/kernel-choice.js';
import type { ChunkClaims } from './chunk-claims.js';
import type { Interruption } from './interruption.js';
import type { ThreadPool } from './pool.js';
import { rebuildError, type Job, type ShiftReport } from './protocol.js';
import { ShiftStates } from './shift-states.js';

/** The end of one shift: its report, or the cause of its thread's death. */
type Outcome = ShiftReport | { readonly kind: 'died'; readonly cause: unknown };

/** A job fails after this many rounds in a row without progress. */
const MAX_BARREN_ROUNDS = 2;

/**
 * Runs rounds until every chunk is done. A round is barren if it leaves as many chunks as it found.
 * @throws what interrupted the run
 * @throws {JumpfillError} what a shift reported, or WORKER_FAILED
 */
export async function runRounds(
  round: Round,
  claims: ChunkClaims,
  interruption: Interruption,
): Promise<void> {
  let left = claims.countLeft();
  let barren = 0;
  while (left > 0) {
    const outcomes = await round.run();
    interruption.throwIfRaised();
    inspectReports(outcomes, round.kernels);
    const leftNow = claims.countLeft();
    barren = leftNow < left ? 0 : barren + 1;
    if (leftNow > 0 && round.job.once === true) throw halfChanged(outcomes, leftNow, claims.chunkCount);
    if (barren === MAX_BARREN_ROUNDS) throw givenUp(outcomes, leftNow, claims.chunkCount);
    left = leftNow;
  }
}

/** @throws {JumpfillError} the failure that a shift reported */
function inspectReports(outcomes: readonly Outcome[], { name }: KernelCode): void {
  for (const outcome of outcomes) if (outcome.kind === 'failed') throw rebuildError(outcome.failure);
  const slow = outcomes.find((outcome) => outcome.kind === 'ended' && outcome.fallback !== undefined);
  if (slow?.kind === 'ended') warnOfFallback(name, slow.fallback);
}

const causeOfDeath = (outcomes: readonly Outcome[]): unknown =>
  outcomes.find((outcome) => outcome.kind === 'died')?.cause;

function halfChanged(outcomes: readonly Outcome[], left: number, chunks: number): JumpfillError {
  const found = `A worker thread ended while it changed a tensor (${left} of ${chunks} chunks left).`;
  const remedy = 'The chunk it worked on may be half changed: create the tensor again.';
  return new JumpfillError('WORKER_FAILED', found, remedy, { cause: causeOfDeath(outcomes) });
}

function givenUp(outcomes: readonly Outcome[], left: number, chunks: number): JumpfillError {
  const cause = causeOfDeath(outcomes);
  const found = `Worker threads ended ${MAX_BARREN_ROUNDS} times in a row without filling a chunk (${left} of ${chunks} left): ${messageOf(cause)}.`;
  const remedy = 'See error.cause; if memory ran out, use fewer threads.';
  return new JumpfillError('WORKER_FAILED', found, remedy, { cause });
}

/** One shift a thread, over the chunks that are not done. */
export class Round {
  readonly #states: ShiftStates;
  /** True once the caller has stopped the job. (A shift that fails also stops it, but its report is waited for.) */
  #isStopRequested = false;
  #onChange: () => void = () => undefined;

  constructor(
    readonly pool: ThreadPool,
    readonly job: Job,
    readonly kernels: KernelCode,
    readonly claims: ChunkClaims,
    readonly shifts: number,
  ) {
    this.#states = ShiftStates.create(shifts);
  }

  /** Resolves when no shift writes any more: all have ended, or were stopped before they began. */
  async run(): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    this.claims.rewind();
    await new Promise<void>((resolve) => {
      this.#onChange = () => {
        const allEnded = outcomes.length === this.shifts;
        if (allEnded || (this.#isStopRequested && !this.#states.isAnyRunning)) resolve();
      };
      for (let shift = 0; shift < this.shifts; shift++) {
        this.#states.reset(shift);
        void this.#runShift(shift).then((outcome) => {
          outcomes.push(outcome);
          this.#onChange();
        });
      }
    });
    return outcomes;
  }

  stop(): void {
    this.#isStopRequested = true;
    this.claims.stop();
    this.#onChange();
  }

  async #runShift(shift: number): Promise<Outcome> {
    const { job, kernels, claims } = this;
    try {
      const task = { ...job, kernels, claims: claims.buffer, states: this.#states.buffer, shift };
      return await this.pool.run(task);
    } catch (cause) {
      this.#states.end(shift);
      return { kind: 'died', cause };
    }
  }
}
