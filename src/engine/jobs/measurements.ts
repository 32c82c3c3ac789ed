/**
 * Measurements of a tensor in shared memory: threads write what they find in its chunks, the coordinator makes figures from it.
 *
 * Each chunk has a slot for its statistics, and distinct values go to a set: done twice, both stay the same. Counters
 * are sums: a thread that dies between adding to them and marking its chunk done leaves them too large, and `counted`
 * then exceeds the number of elements.
 * @module
 */
import { at } from '../../base/at.js';
import { doubleBits, doubleHighBits, doubleLowBits } from '../../domain/arithmetic/bits.js';
import { MOST_LEVELS } from '../../domain/statistics/distinct-values.js';
import { combineStatistics, type RunStatistics } from '../../domain/statistics/run-statistics.js';
import { BLOCK_ELEMENTS } from '../../domain/streams/generator.js';
import {
  HALF_PATTERNS,
  PAGE_PATTERNS,
  PAGES,
  pageOf,
  type PatternCounts,
} from '../../domain/statistics/half-patterns.js';

/** A thread measures this much before it adds to the shared counters: adding costs as much as measuring 50,000 elements. */
export const MEASURE_CHUNK_ELEMENTS = 16 * BLOCK_ELEMENTS;

/** Elements of one job: a counter has 32 bits, and one value may fill the tensor. */
export const MEASURE_MOST_ELEMENTS = 2 ** 31;

const MOST_CHUNKS = MEASURE_MOST_ELEMENTS / MEASURE_CHUNK_ELEMENTS;

/** The statistics of a chunk, as they lie in memory: a double each. */
const MOMENTS = ['count', 'mean', 'm2', 'm3', 'm4'] as const;
const OTHERS = [
  'least',
  'greatest',
  'zeros',
  'nans',
  'positiveInfinities',
  'negativeInfinities',
  'outside',
] as const;
const CHUNK_DOUBLES = MOMENTS.length + OTHERS.length;

/** Slots of the set of distinct values: enough that it counts as full before all of them are taken. */
const DISTINCT_SLOTS = 4 * MOST_LEVELS;

const STATISTICS_OFFSET = 8 * DISTINCT_SLOTS;
const COUNTS_OFFSET = STATISTICS_OFFSET + 8 * CHUNK_DOUBLES * MOST_CHUNKS;
const PAGES_OFFSET = COUNTS_OFFSET + 4 * HALF_PATTERNS;
const OVERFLOW_OFFSET = PAGES_OFFSET + PAGES;

/** 0.5 MB, however large the tensor is. */
const TOTAL_BYTES = OVERFLOW_OFFSET + 8;

export class Measurements {
  /** The patterns of the distinct values; 0 is a free slot. */
  readonly #distinctPatterns: BigInt64Array;
  /** The same slots as numbers, to read when no shift runs. */
  readonly #distinctValues: Float64Array;
  readonly #statistics: Float64Array;
  readonly #counts: Uint32Array;
  /** 1 for each page of counters that was added to (half-patterns.ts). */
  readonly #pages: Uint8Array;
  readonly #overflow: Int32Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(TOTAL_BYTES)) {
    this.#distinctPatterns = new BigInt64Array(buffer, 0, DISTINCT_SLOTS);
    this.#distinctValues = new Float64Array(buffer, 0, DISTINCT_SLOTS);
    this.#statistics = new Float64Array(buffer, STATISTICS_OFFSET, CHUNK_DOUBLES * MOST_CHUNKS);
    this.#counts = new Uint32Array(buffer, COUNTS_OFFSET, HALF_PATTERNS);
    this.#pages = new Uint8Array(buffer, PAGES_OFFSET, PAGES);
    this.#overflow = new Int32Array(buffer, OVERFLOW_OFFSET, 1);
  }

  /** Ready for the next tensor. Only while no shift runs. */
  clear(): void {
    this.#distinctPatterns.fill(0n);
    this.#forEachPage((first, end) => this.#counts.fill(0, first, end));
    this.#pages.fill(0);
    this.#overflow[0] = 0;
  }

  /** The page is marked first, so that no counter is missed that a dying thread has added to. */
  addCounts(counts: PatternCounts): void {
    counts.forEach((pattern, count) => {
      Atomics.store(this.#pages, pageOf(pattern), 1);
      Atomics.add(this.#counts, pattern, count);
    });
  }

  setStatistics(chunk: number, statistics: RunStatistics): void {
    this.#statistics.set(toFields(statistics), chunk * CHUNK_DOUBLES);
  }

  /** There are more distinct values than are kept. */
  get hasTooManyDistinct(): boolean {
    return Atomics.load(this.#overflow, 0) === 1;
  }

  /** @param values  finite, and other than 0 */
  addDistinct(values: readonly number[]): void {
    const isTooMany = values.length > MOST_LEVELS || !values.every((value) => this.#addValue(value));
    if (isTooMany) Atomics.store(this.#overflow, 0, 1);
  }

  /** False if other values have taken every slot. */
  #addValue(value: number): boolean {
    const pattern = doubleBits(value);
    const first = slotOf(doubleLowBits(value), doubleHighBits(value));
    for (let i = 0; i < DISTINCT_SLOTS; i++) {
      const slot = (first + i) % DISTINCT_SLOTS;
      const before = Atomics.compareExchange(this.#distinctPatterns, slot, 0n, pattern);
      if (before === 0n || before === pattern) return true;
    }
    return false;
  }

  /** Undefined if there are too many. */
  get distinct(): ReadonlySet<number> | undefined {
    if (this.hasTooManyDistinct) return undefined;
    const used = this.#distinctValues.filter((value) => value !== 0);
    return used.length > MOST_LEVELS ? undefined : new Set(used);
  }

  /** All elements that were added; a dead thread's may count twice. */
  get counted(): number {
    let sum = 0;
    this.#forEachCount((_, count) => (sum += count));
    return sum;
  }

  addTo(totals: PatternCounts): void {
    this.#forEachCount((pattern, count) => {
      totals.add(pattern, count);
    });
  }

  #forEachCount(visit: (pattern: number, count: number) => void): void {
    this.#forEachPage((first, end) => {
      this.#counts.subarray(first, end).forEach((count, i) => {
        if (count > 0) visit(first + i, count);
      });
    });
  }

  #forEachPage(visit: (first: number, end: number) => void): void {
    for (let page = 0; page < PAGES; page++) {
      if (this.#pages[page] === 1) visit(page * PAGE_PATTERNS, (page + 1) * PAGE_PATTERNS);
    }
  }

  /** The statistics of the first chunks, combined in order. */
  statisticsOf(chunks: number): RunStatistics {
    const all = Array.from({ length: chunks }, (_, chunk) =>
      fromFields(this.#statistics.subarray(chunk * CHUNK_DOUBLES, (chunk + 1) * CHUNK_DOUBLES)),
    );
    return combineStatistics(all);
  }
}

/** Knuth's multiplier, The Art of Computer Programming 3, 6.4; the upper bits of the product are the well mixed ones. */
const MULTIPLIER = 0x9e3779b1;
const slotOf = (low: number, high: number): number =>
  (Math.imul(high ^ Math.imul(low, MULTIPLIER), MULTIPLIER) >>> 16) % DISTINCT_SLOTS;

const toFields = ({ moments, ...others }: RunStatistics): number[] => [
  ...MOMENTS.map((name) => moments[name]),
  ...OTHERS.map((name) => others[name]),
];

function fromFields(fields: Float64Array): RunStatistics {
  const read = <Name extends string>(names: readonly Name[], first: number): Record<Name, number> =>
    Object.fromEntries(names.map((name, i) => [name, at(fields, first + i)])) as Record<Name, number>;
  return { moments: read(MOMENTS, 0), ...read(OTHERS, MOMENTS.length) };
}
