/**
 * Kernels beside the bound that a processor's ports set: operations of the compiled loops, and the cycles that they take.
 * @module
 */
import { at } from '#built/base/at.js';
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import { DTYPES } from '#built/domain/tensors/dtypes.js';
import type { Answer, GridRow, ThroughputRow } from '../../measure/answer.js';
import { measureClockRate } from '../../measure/clock-rate.js';
import { checkRange, proofIn, readIn } from '../../measure/check.js';
import { runContest, type Contestant } from '../../measure/contest.js';
import { nameSize } from '../../measure/numbers-in-text.js';
import type { Scale } from '../../measure/scale.js';
import { shrink } from '../../measure/scale.js';
import { Crew } from '../../contestants/crew/crew.js';
import { FASTEST } from '../../contestants/kernel-sets.js';
import { allocateAs, drawOf } from '../../contestants/subjects.js';
import {
  boundOf,
  PORTED_KERNELS,
  PORTED_OPERATORS,
  type Ported,
  type PortedKernel,
} from '../../ports/kernels.js';
import { CLASSES } from '../../ports/micro-operations.js';
import { PROCESSORS } from '../../ports/processors.js';

/** In the second-level cache: what is left is the arithmetic. */
const PIECE_ELEMENTS = BLOCK_ELEMENTS / 2;

/** Of a run: one millisecond or a few, which other work on the machine often leaves alone. */
const ELEMENTS = 2 ** 20;

/** Of the last piece, the one that is left. */
const CHECKED_ELEMENTS = 1000;

const nameKernel = ({ label, dtype }: Ported): string => `${label}, ${dtype}`;

export async function answer(scale: Scale): Promise<Answer> {
  const bounds = PORTED_KERNELS.map(boundOf);
  const measured = await measureCycles(shrink(scale, ELEMENTS));
  const rows = [
    ...PORTED_KERNELS.map((kernel, i): GridRow => {
      const { cycles } = at(bounds, i);
      const own = at(measured, i);
      return { label: nameKernel(kernel), values: [...cycles, own, ...cycles.map((bound) => bound / own)] };
    }),
    ...PORTED_OPERATORS.map((operator) => ({
      label: nameKernel(operator),
      values: boundOf(operator).cycles,
    })),
  ];
  const named = PROCESSORS.map(({ name }) => name);
  return {
    tables: [
      {
        kind: 'grid',
        title: `Cycles an element, one thread, ${FASTEST.name} kernels`,
        columns: [
          ...named.map((name) => `bound, ${name}`),
          'measured here',
          ...named.map((name) => `${name} / here`),
        ],
        rows,
      },
      {
        kind: 'grid',
        title: 'Micro-operations an element',
        columns: CLASSES,
        rows: [...PORTED_KERNELS, ...PORTED_OPERATORS].map((ported) => ({
          label: nameKernel(ported),
          values: boundOf(ported).operations,
        })),
      },
    ],
    notes: [
      'bound: the busiest ports, or the rate at which operations are issued, if nothing ever waits: operations of the loops in the compiled modules (workers/simd), as V8 translates them for AVX with 128-bit registers. Kernels of several passes are summed. Ports are those of Zen 4, Zen 5 and Skylake-X: bench/ports/processors.ts has the sources.',
      'The bound leaves out moves between registers, spills, waits on chains of operations, and what is called for rare values, so that a kernel near it cannot gain by another order of the same operations. Read the ratio of the processor that this is.',
      `measured: the fastest run in pieces of ${nameSize(PIECE_ELEMENTS)} that stay in the cache, in cycles of the measured clock rate. Where another hardware thread works on the same core, the two share its ports, and a kernel takes up to twice as many.`,
    ],
  };
}

/** Cycles an element of each kernel. */
async function measureCycles(scale: Scale): Promise<readonly number[]> {
  await using crew = await Crew.start(1);
  const clockRate = measureClockRate(scale.isQuick);
  const rows = await runContest(
    PORTED_KERNELS.map((kernel) => kernelRun(crew, kernel, scale.elements)),
    { ...scale, maxRounds: 20 * scale.maxRounds },
  );
  return rows.map((row) => cyclesOf(row, clockRate));
}

const cyclesOf = ({ roundsMs, elementCount }: ThroughputRow, clockRate: number): number =>
  (Math.min(...roundsMs) / 1000 / elementCount) * clockRate;

function kernelRun(crew: Crew, kernel: PortedKernel, elementCount: number): Contestant {
  const { dtype, init } = kernel;
  const tensor = allocateAs(dtype, PIECE_ELEMENTS);
  const draw = drawOf(init, [2, elementCount / 2], { dtype });
  const { byteWidth } = DTYPES[dtype];
  const resident = { pieceElements: PIECE_ELEMENTS, residentElements: PIECE_ELEMENTS, byteWidth };
  const action = { kind: 'kernel', kernels: FASTEST, draw, memory: tensor.memory } as const;
  return {
    label: nameKernel(kernel),
    ...{ role: 'jumpfill', threads: 1, elementCount, byteWidth },
    run: () => crew.run({ action, elementCount, ...resident }, 1),
    proof: {
      spoil: proofIn(tensor.data, draw).spoil,
      check: (label) => {
        checkRange(label, { draw }, elementCount - PIECE_ELEMENTS, readIn(tensor.data)(0, CHECKED_ELEMENTS));
      },
    },
  };
}
