/**
 * The limits of a kernel: its arithmetic, the memory, or the copy.
 * @module
 */
import { readFileSync } from 'node:fs';
import { at } from '#built/base/at.js';
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import { GROUP_ELEMENTS } from '#built/engine/simd/groups.js';
import type { Answer, Figure, GridTable, ThroughputRow } from '../../measure/answer.js';
import { gigaBytes, gigaElements } from '../../measure/answer.js';
import { measureClockRate } from '../../measure/clock-rate.js';
import { runContest, type Contestant } from '../../measure/contest.js';
import { Crew } from '../../contestants/crew/crew.js';
import type { Action } from '../../contestants/crew/crew-protocol.js';
import { proofIn } from '../../measure/check.js';
import { FASTEST } from '../../contestants/kernel-sets.js';
import { FILL_NOTE, MEMORY_FILL } from '../../contestants/memory-fill.js';
import type { Scale } from '../../measure/scale.js';
import { divideRounds, quantile } from '../../measure/statistics.js';
import {
  allocateOwn,
  allocateWrapped,
  CONSTANT,
  drawOf,
  nameKernel,
  truncatedNormal,
  uniform,
  wage,
  type OwnTensor,
} from '../../contestants/subjects.js';
import { nameSize } from '../../measure/numbers-in-text.js';

/** A block, which every kernel reaches by the cheapest jump. */
const PIECE_ELEMENTS = BLOCK_ELEMENTS;

const ZEROS = `${MEMORY_FILL} of zeros`;
const STORES = 'stores only (constant kernel)';
const COPY = 'copy from a scratch to a plain SharedArrayBuffer';
const KERNELS = [wage, uniform, truncatedNormal].map(({ init }) => ({ label: nameKernel(init), init }));

export async function answer(scale: Scale): Promise<Answer> {
  const times = await timeAll(scale);
  const clockRate = measureClockRate(scale.isQuick);
  return {
    tables: [
      describeTimes(times, clockRate),
      describeBounds(times),
      describeWrapped(times),
      { kind: 'figures', title: 'Clock rate', rows: describeClock(clockRate) },
    ],
    notes: NOTES,
  };
}

const NOTES: Answer['notes'] = [
  `One thread, pieces of ${nameSize(PIECE_ELEMENTS)}. "memory": over the whole tensor. "cache": the same calls for as many elements, but each piece over the one before, in ${nameSize(PIECE_ELEMENTS)} that stay in the second-level cache: what is left is the arithmetic, and stores that wait for no memory.`,
  FILL_NOTE,
  'bound by arithmetic: the time of the fill in memory over the time of the kernel in the cache. The ratio to the fill stays below it, and below the ratio of the stores alone, however fast the memory is, unless the arithmetic itself takes fewer cycles.',
  'arithmetic, of the whole: time in the cache over time in memory. storing, of the whole: time of the stores alone in memory over it. Where the two together are about 100 %, they lie end to end and a kernel that overlapped them would gain; far above 100 %, they overlap already, and the larger one is the limit.',
  'Wrapped memory: "copy alone" is what a kernel that takes no time at all would reach, for it must still copy. "with this arithmetic" adds the time of the kernel in the cache: copy and arithmetic are instructions of one thread, one after the other.',
  'Cycles are of the measured clock rate: that of a chain of operations which take one cycle each and wait for one another. The rate that the system states is often a nominal one. Under other load a row has too many: read them on an idle machine.',
];

interface Timing {
  readonly inMemory: ThroughputRow;
  /** Absent for a fill in one piece, which no cache holds. */
  readonly inCache?: ThroughputRow;
}

async function timeAll(scale: Scale): Promise<ReadonlyMap<string, Timing>> {
  await using crew = await Crew.start(1);
  const tensor = allocateOwn(scale.elements);
  const { buffer } = allocateWrapped(scale.elements);
  const bench = new Bench(crew, tensor);
  const kernels = KERNELS.map(({ label, init }) => bench.kernel(label, drawOf(init, tensor.shape)));
  const pairs = [
    bench.pair(MEMORY_FILL, { kind: 'memory.fill', memory: tensor.memory }),
    bench.pair(ZEROS, { kind: 'memory.fill', memory: tensor.memory, byte: 0 }),
    bench.kernel(STORES, drawOf(CONSTANT, tensor.shape)),
    ...kernels,
    bench.pair(COPY, { kind: 'copy', buffer, scratchElements: PIECE_ELEMENTS }),
  ];
  const whole = bench.contestant(ONE_PIECE, { kind: 'memory.fill', memory: tensor.memory }, tensor.length);
  const rows = await runContest([whole, ...pairs.flat()], scale);
  const find = (series: string, inCache: boolean): ThroughputRow | undefined =>
    rows.find((row) => row.series === series && row.label.endsWith(IN_CACHE) === inCache);
  const timings = rows
    .filter(({ label }) => !label.endsWith(IN_CACHE))
    .map((inMemory) => {
      const inCache = find(inMemory.series, true);
      return [inMemory.series, { inMemory, ...(inCache && { inCache }) }] as const;
    });
  return new Map(timings);
}

const ONE_PIECE = `${MEMORY_FILL}, one piece`;
const IN_CACHE = ', in the cache';

class Bench {
  constructor(
    readonly crew: Crew,
    readonly tensor: OwnTensor,
  ) {}

  contestant(
    label: string,
    action: Action,
    pieceElements = PIECE_ELEMENTS,
    residentElements?: number,
  ): Contestant {
    const elementCount = this.tensor.length;
    const work = { action, elementCount, pieceElements, ...(residentElements && { residentElements }) };
    const { crew } = this;
    return {
      label: residentElements === undefined ? label : label + IN_CACHE,
      ...{ series: label, role: 'jumpfill', threads: 1, elementCount, run: () => crew.run(work, 1) },
    };
  }

  pair(label: string, action: Action): Contestant[] {
    return [this.contestant(label, action), this.contestant(label, action, PIECE_ELEMENTS, PIECE_ELEMENTS)];
  }

  /** Its bytes are checked in the run over the whole tensor. */
  kernel(label: string, draw: ReturnType<typeof drawOf>): Contestant[] {
    const { memory, data } = this.tensor;
    const [whole, ...others] = this.pair(label, { kind: 'kernel', kernels: FASTEST, draw, memory });
    return whole === undefined ? [] : [{ ...whole, proof: proofIn(data, draw) }, ...others];
  }
}

function describeTimes(times: ReadonlyMap<string, Timing>, clockRate: number): GridTable {
  const nanoseconds = (row?: ThroughputRow): number | undefined =>
    row && (row.elapsedMs.median / row.elementCount) * GROUP_ELEMENTS * 1e6;
  const cycles = (row?: ThroughputRow): number | undefined => row && clockRate / (gigaElements(row) * 1e9);
  return {
    kind: 'grid',
    title: `One thread, ${FASTEST.name} kernels: cost in memory and in the cache`,
    columns: [
      ...['memory: ns/16', 'GB/s', 'Gelem/s', 'cycles/elem'],
      ...['cache: ns/16', 'GB/s', 'Gelem/s', 'cycles/elem'],
    ],
    rows: [...times].map(([label, { inMemory, inCache }]) => ({
      label,
      values: [inMemory, inCache].flatMap((row) => [
        nanoseconds(row),
        row && gigaBytes(row),
        row && gigaElements(row),
        cycles(row),
      ]),
    })),
  };
}

/** The median of the rounds' quotients. */
const divide = (numerator?: readonly number[], denominator?: readonly number[]): number | undefined =>
  numerator && denominator && quantile(divideRounds(numerator, denominator), 0.5);

const add = (one?: readonly number[], other?: readonly number[]): number[] | undefined =>
  one && other && one.map((ms, round) => ms + at(other, round));

const percent = (share: number | undefined): number | undefined => share && 100 * share;

function describeBounds(times: ReadonlyMap<string, Timing>): GridTable {
  const fill = times.get(ONE_PIECE)?.inMemory.roundsMs;
  const stores = times.get(STORES)?.inMemory.roundsMs;
  return {
    kind: 'grid',
    title: 'Own memory: where the time goes, and the best ratio to the fill that this arithmetic can have',
    columns: [
      ...['of fill', 'bound by arithmetic', 'stores alone, of fill'],
      ...['arithmetic, % of the whole', 'storing, % of the whole'],
    ],
    rows: KERNELS.map(({ label }) => {
      const inMemory = times.get(label)?.inMemory.roundsMs;
      const inCache = times.get(label)?.inCache?.roundsMs;
      return {
        label,
        values: [
          ...[divide(fill, inMemory), divide(fill, inCache), divide(fill, stores)],
          ...[percent(divide(inCache, inMemory)), percent(divide(stores, inMemory))],
        ],
      };
    }),
  };
}

function describeWrapped(times: ReadonlyMap<string, Timing>): GridTable {
  const fill = times.get(ONE_PIECE)?.inMemory.roundsMs;
  const copy = times.get(COPY)?.inMemory.roundsMs;
  return {
    kind: 'grid',
    title: 'Wrapped memory: the best ratio to the fill, by the copy that no kernel avoids',
    columns: ['copy alone, of fill', 'with this arithmetic, of fill'],
    rows: KERNELS.map(({ label }) => {
      const together = add(times.get(label)?.inCache?.roundsMs, copy);
      return { label, values: [divide(fill, copy), divide(fill, together)] };
    }),
  };
}

function describeClock(clockRate: number): Figure[] {
  const stated = readStatedRate();
  return [
    { label: 'measured: a chain of dependent operations', unit: 'GHz', value: clockRate / 1e9 },
    ...(stated === undefined
      ? []
      : [{ label: 'stated: /proc/cpuinfo', unit: 'GHz', value: stated / 1e9, note: 'often nominal' }]),
  ];
}

/** Only Linux has the file, and not every processor the line. */
function readStatedRate(): number | undefined {
  try {
    const megahertz = /^cpu MHz\s*:\s*([\d.]+)/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    return megahertz === undefined ? undefined : Number(megahertz) * 1e6;
  } catch {
    return undefined;
  }
}
