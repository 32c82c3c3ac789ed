/**
 * Contestants take turns in one process, so that a slow minute of the machine slows all of them. Each is first warmed up and checked,
 * which is not timed.
 * @module
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { messageOf } from '#built/base/errors.js';
import type { LeftOut, Role, ThroughputRow } from './answer.js';
import type { Proof } from './check.js';
import type { Scale } from './scale.js';
import { divideRounds, summarise } from './statistics.js';

export interface Contestant {
  readonly label: string;
  /** @defaultValue the label */
  readonly series?: string;
  readonly role: Role;
  readonly threads: number;
  readonly elementCount: number;
  /** Bytes of an element, the mean of a model's. @defaultValue BYTES_PER_ELEMENT */
  readonly byteWidth?: number;
  /** Before each run, outside its time. */
  readonly prepare?: () => Promise<void> | void;
  /** One run, over all elements; resolves to its milliseconds. */
  readonly run: () => Promise<number>;
  /** Checks the bytes after the first run: a fast wrong answer is not a result. */
  readonly proof?: Proof;
  /** The contestant this one is measured by; it takes part in the same contest. */
  readonly ceiling?: Contestant;
}

/** The ceiling, and the contestants measured by it. */
export const measureBy = (ceiling: Contestant, others: readonly Contestant[]): Contestant[] => [
  ceiling,
  ...others.map((other) => ({ ...other, ceiling })),
];

/** Seeds the order of the turns. */
const ORDER_SEED = 0x6a756d70;

/**
 * Runs all in turns. Each round has its own order, shuffled from a fixed seed, so that no contestant always follows the same one.
 * @param leaveOut  called for a peer that fails, which is then left out; without it, and for other contestants, a failure is thrown
 */
export async function runContest(
  contestants: readonly Contestant[],
  { minRounds, maxRounds, budgetMs, warmMs }: Scale,
  leaveOut?: (left: LeftOut) => void,
): Promise<ThroughputRow[]> {
  const times = new Map<Contestant, number[]>();
  const attempt = async (contestant: Contestant, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (leaveOut === undefined || contestant.role !== 'peer') throw error;
      times.delete(contestant);
      leaveOut({ what: contestant.label, why: messageOf(error) });
    }
  };
  for (const contestant of contestants) {
    times.set(contestant, []);
    await attempt(contestant, () => warmUp(contestant, warmMs));
  }
  const random = xoroshiro128plus(ORDER_SEED);
  const startedAt = performance.now();
  for (let round = 0; round < maxRounds; round++) {
    if (round >= minRounds && performance.now() - startedAt > budgetMs) break;
    for (const contestant of shuffle([...times.keys()], random)) {
      await attempt(contestant, async () => {
        await contestant.prepare?.();
        times.get(contestant)?.push(await contestant.run());
      });
    }
  }
  return [...times.keys()].map((contestant) => summariseRuns(contestant, times));
}

/** Fisher and Yates's, as Durstenfeld wrote it (https://doi.org/10.1145/364520.364540). */
function shuffle<T>(items: readonly T[], random: RandomGenerator): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}

/** Two runs in a row that differ by no more are steady. */
const STEADY = 0.05;

/** Runs are repeated for at least this share of the time for them: compilers replace code after many short calls. */
const LEAST_WARM = 0.25;

/**
 * Once, with the bytes checked; then again until the times are steady, for no longer than `warmMs`.
 * @throws if a byte is wrong
 */
async function warmUp({ label, prepare, run, proof }: Contestant, warmMs: number): Promise<void> {
  const startedAt = performance.now();
  await prepare?.();
  proof?.spoil();
  let last = await run();
  proof?.check(label);
  const warmFor = (): number => performance.now() - startedAt;
  for (let isSteady = false; warmFor() < warmMs && !(isSteady && warmFor() > LEAST_WARM * warmMs);) {
    await prepare?.();
    const next = await run();
    isSteady = Math.abs(next - last) <= STEADY * last;
    last = next;
  }
}

function summariseRuns(
  contestant: Contestant,
  times: ReadonlyMap<Contestant, readonly number[]>,
): ThroughputRow {
  const { label, series = label, role, threads, elementCount, byteWidth, ceiling } = contestant;
  const own = times.get(contestant) ?? [];
  const ceilings = ceiling === undefined ? undefined : times.get(ceiling);
  return {
    label,
    series,
    role,
    threads,
    elementCount,
    ...(byteWidth !== undefined && { byteWidth }),
    roundsMs: own,
    elapsedMs: summarise(own),
    ...(ceilings && { ofCeiling: summarise(divideRounds(ceilings, own)) }),
  };
}

/** Milliseconds until a call is done. */
export async function clock(call: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}

/** Milliseconds of one call, from so many of them in a row that the clock's resolution does not matter. */
export async function clockMany(calls: number, call: () => unknown): Promise<number> {
  const startedAt = performance.now();
  for (let i = 0; i < calls; i++) await call();
  return (performance.now() - startedAt) / calls;
}

/** The same for calls that do not wait: awaiting each would cost more than a short one takes. */
export function clockManyNow(calls: number, call: () => void): number {
  const startedAt = performance.now();
  for (let i = 0; i < calls; i++) call();
  return (performance.now() - startedAt) / calls;
}
