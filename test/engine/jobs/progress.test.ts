/** Progress is reported whenever there is some, only upwards, and the total exactly once. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CHUNK_ELEMENTS, planChunks } from '../../../src/domain/partition/chunks.js';
import { ChunkClaims } from '../../../src/engine/jobs/chunk-claims.js';
import { ProgressWatch } from '../../../src/engine/jobs/progress.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const CHUNKS = 12;
const chunks = planChunks([{ offset: 0, elementCount: CHUNKS * CHUNK_ELEMENTS }]);

test('every report exceeds the one before, and the last one, sent once, is the total', () => {
  // Between two reports more chunks are claimed and some of those are done, or nothing happens.
  const anyLooks = fc.array(fc.array(fc.boolean(), { maxLength: 3 }), { maxLength: 15 });
  const law = fc.property(anyLooks, (looks) => {
    const claims = ChunkClaims.create(chunks.chunkCount);
    const seen: number[] = [];
    const watch = new ProgressWatch(
      chunks,
      claims,
      ({ doneElements }) => seen.push(doneElements / CHUNK_ELEMENTS),
      { raise: () => expect.fail('onProgress does not throw') },
    );
    let done = 0;
    for (const chunks of looks) {
      for (const isDone of chunks) {
        const chunk = claims.claim(0);
        if (chunk < 0 || !isDone) continue;
        claims.markDone(chunk);
        done++;
      }
      vi.advanceTimersByTime(100);
      expect(seen.at(-1)).toBe(done);
    }
    watch.finish();
    watch.finish();
    vi.advanceTimersByTime(1000);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(CHUNKS);
  });
  fc.assert(law);
});

test('a callback that throws is not called again', () => {
  const claims = ChunkClaims.create(chunks.chunkCount);
  let calls = 0;
  const failures: unknown[] = [];
  const watch = new ProgressWatch(
    chunks,
    claims,
    () => {
      calls++;
      throw new Error('the bar broke');
    },
    { raise: (error) => void failures.push(error) },
  );
  vi.advanceTimersByTime(100);
  claims.markDone(claims.claim(0));
  vi.advanceTimersByTime(1000);
  watch.stop();
  expect([calls, failures.length]).toEqual([1, 1]);
});
