/**
 * The generator of torch's CPU: the one sequence of mt19937 that `torch.manual_seed` begins.
 * @module
 */
import type { SequenceGenerator } from './generator.js';

export const torch: SequenceGenerator = {
  contract: 2,
  /** As `torch.manual_seed` takes them. */
  leastSeed: -(1n << 63n),
  order: 'sequence',
  /** torch seeds mt19937 with the low 32 bits. */
  root: (seed) => [Number(BigInt.asUintN(32, seed))],
};
