/**
 * Contestants take turns, A B C, A B C, ..., in one process, so that a slow minute of the machine is everybody's. The
 * first round warms up and checks; it is not counted.
 * @module
 */
import type { Role, ThroughputRow } from './answer.js';
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
  /** Before each run, outside its time. */
  readonly prepare?: () => Promise<void> | void;
  /** One run, over all elements; resolves to its milliseconds. */
  readonly run: () => Promise<number>;
  /** What the bytes are held against after the first run: a fast wrong answer is no result. */
  readonly proof?: Proof;
  /** The contestant this one is measured by; it takes part in the same contest. */
  readonly ceiling?: Contestant;
}

/** The ceiling and all that it is the ceiling of. */
export const measureBy = (ceiling: Contestant, others: readonly Contestant[]): Contestant[] => [
  ceiling,
  ...others.map((other) => ({ ...other, ceiling })),
];

/** Runs all in turns. Each round begins with another contestant: nobody always follows the same neighbour. */
export async function runContest(
  contestants: readonly Contestant[],
  { minRounds, maxRounds, budgetMs }: Scale,
): Promise<ThroughputRow[]> {
  const times = new Map(contestants.map((contestant) => [contestant, [] as number[]]));
  for (const contestant of contestants) {
    await warmUp(contestant);
  }
  const startedAt = performance.now();
  for (let round = 0; round < maxRounds; round++) {
    if (round >= minRounds && performance.now() - startedAt > budgetMs) break;
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(round + turn) % contestants.length];
      if (contestant === undefined) continue;
      await contestant.prepare?.();
      times.get(contestant)?.push(await contestant.run());
    }
  }
  return contestants.map((contestant) => summariseRuns(contestant, times));
}

/** @throws if a byte is wrong */
async function warmUp({ label, prepare, run, proof }: Contestant): Promise<void> {
  await prepare?.();
  proof?.spoil();
  await run();
  proof?.check(label);
}

function summariseRuns(
  contestant: Contestant,
  times: ReadonlyMap<Contestant, readonly number[]>,
): ThroughputRow {
  const { label, series = label, role, threads, elementCount, ceiling } = contestant;
  const own = times.get(contestant) ?? [];
  const ceilings = ceiling === undefined ? undefined : times.get(ceiling);
  return {
    label,
    series,
    role,
    threads,
    elementCount,
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
