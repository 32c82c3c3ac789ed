/**
 * Execution ports of processors: which take a class of micro-operations, for 128-bit registers. From Agner Fog's instruction tables
 * and microarchitecture manual (https://www.agner.org/optimize/), https://uops.info, and AMD's Software Optimization Guides for
 * families 19h (57647) and 1Ah (58455).
 * @module
 */
import type { OperationClass } from './micro-operations.js';

export interface Processor {
  readonly name: string;
  /** Micro-operations a cycle that are issued, fused ones as one. */
  readonly width: number;
  /** The ports that take a class. */
  readonly ports: Readonly<Record<OperationClass, readonly string[]>>;
  /** Cycles for which an operation keeps its port, where that is not one. */
  readonly cycles?: Readonly<Partial<Record<OperationClass, number>>>;
}

/** Zen 4 and Zen 5 have the same pipes; Zen 5 stores twice and issues eight. */
const ZEN_PIPES = {
  'fp add': ['f2', 'f3'],
  'fp multiply': ['f0', 'f1'],
  'fp other': ['f0', 'f1'],
  divide: ['f1'],
  integer: ['f0', 'f1', 'f2', 'f3'],
  shift: ['f1', 'f2'],
  multiply: ['f0', 'f3'],
  shuffle: ['f1', 'f2'],
  convert: ['f2', 'f3'],
  load: ['l0', 'l1'],
} as const;

export const PROCESSORS: readonly Processor[] = [
  {
    name: 'Zen 4',
    width: 6,
    ports: { ...ZEN_PIPES, store: ['s0'], scalar: ['a0', 'a1', 'a2', 'a3'] },
    cycles: { divide: 3 },
  },
  {
    name: 'Zen 5',
    width: 8,
    ports: { ...ZEN_PIPES, store: ['s0', 's1'], scalar: ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'] },
    cycles: { divide: 3 },
  },
  {
    // Skylake-X and Cascade Lake.
    name: 'Cascade Lake',
    width: 4,
    ports: {
      'fp add': ['p0', 'p1'],
      'fp multiply': ['p0', 'p1'],
      'fp other': ['p0', 'p1'],
      divide: ['p0'],
      integer: ['p0', 'p1', 'p5'],
      shift: ['p0', 'p1'],
      multiply: ['p0', 'p1'],
      shuffle: ['p5'],
      convert: ['p0', 'p1'],
      load: ['p2', 'p3'],
      store: ['p4'],
      scalar: ['p0', 'p1', 'p5', 'p6'],
    },
    cycles: { divide: 3 },
  },
];
