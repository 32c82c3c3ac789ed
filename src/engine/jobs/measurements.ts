/**
 * Measurements of a tensor in shared memory: what threads find out of its chunks, and the coordinator makes figures of.
 *
 * The figures of a chunk have a place of their own, and levels are added to a set: done twice, they stay the same. Counters
 * are sums. A thread that dies between adding to them and marking its chunk done leaves them too large, and then they
 * count more elements than there are: `counted` tells.
 * @module
 */
import { MOST_LEVELS } from '../../domain/statistics/distinct-values.js';
import { combineFigures, type RunFigures } from '../../domain/statistics/running-statistics.js';
import { BLOCK_ELEMENTS } from '../../domain/streams/generator.js';
import { KEYS, PAGE_KEYS, PAGES, pageOf, type KeyCounts } from '../../domain/statistics/half-patterns.js';

/** What a thread measures before it adds to the shared counters: adding costs as much as measuring 50,000 elements. */
export const MEASURE_CHUNK_ELEMENTS = 16 * BLOCK_ELEMENTS;

/** Elements of one job: a counter has 32 bits, and one value may fill the tensor. */
export const MEASURE_MOST_ELEMENTS = 2 ** 31;

const MOST_CHUNKS = MEASURE_MOST_ELEMENTS / MEASURE_CHUNK_ELEMENTS;

/** Doubles a chunk's figures take: those of `fields`. */
const CHUNK_DOUBLES = 11;

/** Places of the set of levels: so many that it is found full before they are all taken. */
const LEVEL_PLACES = 4 * MOST_LEVELS;

const BYTES = {
  levels: 0,
  figures: 8 * LEVEL_PLACES,
  counts: 8 * (LEVEL_PLACES + CHUNK_DOUBLES * MOST_CHUNKS),
  pages: 8 * (LEVEL_PLACES + CHUNK_DOUBLES * MOST_CHUNKS) + 4 * KEYS,
  overflow: 8 * (LEVEL_PLACES + CHUNK_DOUBLES * MOST_CHUNKS) + 4 * KEYS + PAGES,
} as const;

/** 0.5 MB, however large the tensor is. */
const TOTAL_BYTES = BYTES.overflow + 8;

export class Measurements {
  readonly #levels: BigInt64Array;
  /** The same as numbers, for when no shift runs. */
  readonly #levelValues: Float64Array;
  readonly #figures: Float64Array;
  readonly #counts: Uint32Array;
  /** 1 of each page of counters that was ever added to (half-patterns.ts). */
  readonly #pages: Uint8Array;
  readonly #overflow: Int32Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(TOTAL_BYTES)) {
    this.#levels = new BigInt64Array(buffer, BYTES.levels, LEVEL_PLACES);
    this.#levelValues = new Float64Array(buffer, BYTES.levels, LEVEL_PLACES);
    this.#figures = new Float64Array(buffer, BYTES.figures, CHUNK_DOUBLES * MOST_CHUNKS);
    this.#counts = new Uint32Array(buffer, BYTES.counts, KEYS);
    this.#pages = new Uint8Array(buffer, BYTES.pages, PAGES);
    this.#overflow = new Int32Array(buffer, BYTES.overflow, 1);
  }

  /** Ready for the next tensor. Only while no shift runs. */
  clear(): void {
    this.#levels.fill(0n);
    this.#forEachPage((first, end) => this.#counts.fill(0, first, end));
    this.#pages.fill(0);
    this.#overflow[0] = 0;
  }

  /** The page first: a counter that a dying thread has added to is seen. */
  addCounts(counts: KeyCounts): void {
    counts.forEach((key, count) => {
      Atomics.store(this.#pages, pageOf(key), 1);
      Atomics.add(this.#counts, key, count);
    });
  }

  setFigures(chunk: number, figures: RunFigures): void {
    this.#figures.set(toFields(figures), chunk * CHUNK_DOUBLES);
  }

  /** More different values than are told apart. */
  get hasTooManyLevels(): boolean {
    return Atomics.load(this.#overflow, 0) === 1;
  }

  /** Finite values other than 0. */
  addLevels(values: readonly number[]): void {
    const isTooMany = values.length > MOST_LEVELS || !values.every((value) => this.#addLevel(value));
    if (isTooMany) Atomics.store(this.#overflow, 0, 1);
  }

  /** False if every place is taken by another value. */
  #addLevel(value: number): boolean {
    double[0] = value;
    const pattern = word[0] ?? 0n;
    const first = placeOf(halves[0] ?? 0, halves[1] ?? 0);
    for (let i = 0; i < LEVEL_PLACES; i++) {
      const place = (first + i) % LEVEL_PLACES;
      const there = Atomics.compareExchange(this.#levels, place, 0n, pattern);
      if (there === 0n || there === pattern) return true;
    }
    return false;
  }

  /** Undefined if they are more than are told apart. */
  get levels(): ReadonlySet<number> | undefined {
    if (this.hasTooManyLevels) return undefined;
    const used = this.#levelValues.filter((value) => value !== 0);
    return used.length > MOST_LEVELS ? undefined : new Set(used);
  }

  /** All elements that were added, those of a dead thread twice. */
  get counted(): number {
    let sum = 0;
    this.#forEachCount((_, count) => (sum += count));
    return sum;
  }

  addTo(totals: KeyCounts): void {
    this.#forEachCount((key, count) => {
      totals.add(key, count);
    });
  }

  #forEachCount(visit: (key: number, count: number) => void): void {
    this.#forEachPage((first, end) => {
      for (let key = first; key < end; key++) {
        const count = this.#counts[key] ?? 0;
        if (count > 0) visit(key, count);
      }
    });
  }

  #forEachPage(visit: (first: number, end: number) => void): void {
    for (let page = 0; page < PAGES; page++) {
      if (this.#pages[page] === 1) visit(page * PAGE_KEYS, (page + 1) * PAGE_KEYS);
    }
  }

  /** Of the chunks, in order. */
  figuresOf(chunks: number): RunFigures {
    const all = Array.from({ length: chunks }, (_, chunk) =>
      fromFields(this.#figures.subarray(chunk * CHUNK_DOUBLES, (chunk + 1) * CHUNK_DOUBLES)),
    );
    return combineFigures(all);
  }
}

const double = new Float64Array(1);
const word = new BigInt64Array(double.buffer);
const halves = new Uint32Array(double.buffer);

/** Knuth's multiplier, The Art of Computer Programming 3, 6.4; the product's upper bits are the well mixed ones. */
const MULTIPLIER = 0x9e3779b1;
const placeOf = (low: number, high: number): number =>
  (Math.imul(high ^ Math.imul(low, MULTIPLIER), MULTIPLIER) >>> 16) % LEVEL_PLACES;

function toFields({ moments, ...figures }: RunFigures): number[] {
  const { count, mean, m2, m3, m4 } = moments;
  const { least, greatest, zeros, nans, positiveInfinities, negativeInfinities } = figures;
  return [count, mean, m2, m3, m4, least, greatest, zeros, nans, positiveInfinities, negativeInfinities];
}

function fromFields(fields: Float64Array): RunFigures {
  const [count = 0, mean = 0, m2 = 0, m3 = 0, m4 = 0, least = 0, greatest = 0] = fields;
  const [zeros = 0, nans = 0, positiveInfinities = 0, negativeInfinities = 0] = fields.subarray(7);
  const moments = { count, mean, m2, m3, m4 };
  return { moments, least, greatest, zeros, nans, positiveInfinities, negativeInfinities };
}
