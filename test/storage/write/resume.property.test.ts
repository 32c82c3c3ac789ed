/** For any spec, shard size and point of failure, a resumed run has the bytes of an unbroken one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { GENERATOR_NAMES } from '#built/domain/streams/generators.js';
import { openFailingEngine, stopFailing } from '../../support/failing-writes.js';
import { expectSameBytes } from '../../support/bytes.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());
afterEach(stopFailing);

const anyTensor = fc.record({
  shape: fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 200, max: 700 })),
  dtype: fc.constantFrom('float32', 'float64', 'bfloat16'),
  init: fc.constantFrom(
    { kind: 'truncated_normal' },
    { kind: 'uniform', low: -1, high: 1 },
    { kind: 'zeros' },
  ),
});
const anySpec = fc.record({
  generator: fc.constantFrom(...GENERATOR_NAMES),
  seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  tensors: fc
    .array(anyTensor, { minLength: 2, maxLength: 6 })
    // Enough that threads are started.
    .map((tensors) => [{ shape: [600, 600], dtype: 'float32', init: { kind: 'ones' } }, ...tensors])
    .map((tensors) => tensors.map((tensor, i) => ({ name: `${i}.w`, ...tensor }))),
});
const anyShardSize = fc.oneof(fc.integer({ min: 100_000, max: 4_000_000 }), fc.constant(undefined));

test('a run that fails anywhere, and again somewhere else, is finished by a third', async () => {
  let failures = 0;
  const law = fc.asyncProperty(
    anySpec,
    anyShardSize,
    fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 2 }),
    async (spec, shardSize, points) => {
      const [whole, broken] = [makeFolder(), makeFolder()];
      await engine.writeCheckpoint(spec, { out: join(whole, 'm.safetensors'), shardSize });
      const options = { out: join(broken, 'm.safetensors'), shardSize, resume: true, recordIntervalMs: 0 };
      for (const point of points) {
        await using failing = openFailingEngine(point);
        const error: unknown = await failing.writeCheckpoint(spec, options).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error === undefined) break;
        failures++;
        expect(error).toMatchObject({ code: 'IO_FAILED' });
      }
      await engine.writeCheckpoint(spec, options);
      expect(listFolder(broken)).toEqual(listFolder(whole));
      for (const name of listFolder(whole)) {
        expectSameBytes(readFileSync(join(broken, name)), readFileSync(join(whole, name)));
      }
    },
  );
  await fc.assert(law, { numRuns: casesOf({ few: 8, all: 30 }) });
  expect(failures).toBeGreaterThan(casesOf({ few: 2, all: 10 }));
});
