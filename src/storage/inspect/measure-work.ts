/**
 * Measures a tensor in a file, a piece at a time: reads it into this thread's buffer, decodes and measures it. What was found goes to
 * shared memory once per chunk.
 * @module
 */
import type { Interval } from '../../domain/statistics/histogram.js';
import { PatternCounts } from '../../domain/statistics/half-patterns.js';
import { RunningStatistics, PIECE_ELEMENTS } from '../../domain/statistics/running-statistics.js';
import { NO_STATISTICS, type RunStatistics } from '../../domain/statistics/run-statistics.js';
import { valueTypeOf, type ValueType } from '../../domain/tensors/stored-values.js';
import { PatternCounter } from '../../domain/statistics/pattern-counter.js';
import { MEASURE_CHUNK_ELEMENTS, Measurements } from '../../engine/jobs/measurements.js';
import type { FileTarget, MeasuredTensor } from '../../engine/jobs/protocol.js';
import type { Work } from '../../engine/jobs/shift.js';
import { readIntoSync } from '../files/read-at.js';

/** With the counters beside it, half of a second-level cache. */
const READ_BYTES = 2 ** 18;

/** A thread's buffers, 2.3 MB, made when it first measures. */
class Buffers {
  readonly bytes = new ArrayBuffer(READ_BYTES);
  readonly numbers = new Float64Array(PIECE_ELEMENTS);
  readonly counts = new PatternCounts();
  readonly counter = new PatternCounter();
  readonly running = new RunningStatistics();
}

let buffers: Buffers | undefined;

export function measureFile({ storedDtype, source, bounds, measurements }: MeasuredTensor): Work {
  const type = valueTypeOf(storedDtype);
  if (type === undefined) throw new TypeError(`${storedDtype} cannot be measured`);
  const shared = new Measurements(measurements);
  const here = (buffers ??= new Buffers());
  here.running.distinct.clear();
  let published = 0;
  return {
    run(_, elementCount, first) {
      const wanted = { distinct: !shared.hasTooManyDistinct, bounds };
      const statistics = measureRange(here, type, source, first, elementCount, wanted);
      const { found } = here.running.distinct;
      shared.addDistinct([...found].slice(published));
      published = found.size;
      shared.setStatistics(Math.floor(first / MEASURE_CHUNK_ELEMENTS), statistics);
      shared.addCounts(here.counts);
    },
  };
}

/** What is measured of numbers beyond their figures. */
interface Wanted {
  readonly distinct: boolean;
  readonly bounds: Interval | undefined;
}

/** The counters go to `counts`. */
function measureRange(
  { bytes, numbers, counts, counter, running }: Buffers,
  type: ValueType,
  source: FileTarget,
  first: number,
  elementCount: number,
  wanted: Wanted,
): RunStatistics {
  const elementsAtOnce = READ_BYTES / type.byteWidth;
  for (let done = 0; done < elementCount; done += elementsAtOnce) {
    const count = Math.min(elementsAtOnce, elementCount - done);
    const position = source.position + (first + done) * type.byteWidth;
    readIntoSync(source.descriptor, source.path, position, new Uint8Array(bytes, 0, count * type.byteWidth));
    if (type.kind === 'decoded') addValues(bytes, count, numbers, type, running, wanted);
    else
      counter.addPatterns(
        type.byteWidth === 1 ? new Uint8Array(bytes, 0, count) : new Uint16Array(bytes, 0, count),
      );
  }
  if (type.kind === 'decoded') return running.take(counts);
  counter.take(counts);
  return NO_STATISTICS;
}

function addValues(
  bytes: ArrayBuffer,
  count: number,
  numbers: Float64Array,
  { decode, byteWidth }: ValueType & { kind: 'decoded' },
  running: RunningStatistics,
  wanted: Wanted,
): void {
  for (let from = 0; from < count; from += PIECE_ELEMENTS) {
    const values = decode(bytes, from * byteWidth, Math.min(PIECE_ELEMENTS, count - from), numbers);
    running.add(values, wanted.distinct, wanted.bounds);
  }
}
