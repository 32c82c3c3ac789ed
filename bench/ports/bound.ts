/**
 * The fewest cycles that a loop takes on a processor if nothing waits: its busiest ports, or the rate at which operations are issued.
 * @module
 */
import type { OperationClass, Operations } from './micro-operations.js';
import { operationsOf } from './micro-operations.js';
import type { Processor } from './processors.js';
import type { Instruction } from './wasm-code.js';

/** A step also looks whether the stack is to be left: a comparison with memory. */
const LOOP_OVERHEAD: Operations = { load: 1, scalar: 1 };

export type Counts = ReadonlyMap<OperationClass, number>;

/** Micro-operations of one step, by class. */
export function countOperations(loop: readonly Instruction[]): Counts {
  const counts = new Map<OperationClass, number>();
  for (const operations of [LOOP_OVERHEAD, ...loop.map(operationsOf)])
    for (const [name, count] of Object.entries(operations) as [OperationClass, number][])
      counts.set(name, (counts.get(name) ?? 0) + count);
  return counts;
}

/**
 * Operations can be spread over ports so that each is busy for at most so many cycles, exactly if no set of ports gets more than its
 * share from the operations that only it takes (Hall's theorem).
 */
export function boundCycles(counts: Counts, { width, ports, cycles = {} }: Processor): number {
  const work = [...counts].map(([name, count]) => ({
    ports: ports[name],
    cycles: count * (cycles[name] ?? 1),
  }));
  const names = [...new Set(work.flatMap((part) => part.ports))];
  const issued = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let most = issued / width;
  for (let chosen = 1; chosen < 2 ** names.length; chosen++) {
    const set = new Set(names.filter((_, i) => (chosen & (1 << i)) !== 0));
    const inside = work.filter((part) => part.ports.every((port) => set.has(port)));
    most = Math.max(most, inside.reduce((sum, part) => sum + part.cycles, 0) / set.size);
  }
  return most;
}
