/** Threads that die in the middle of their work. */
import { afterEach, describe, expect, test } from 'vitest';
import { Engine, SharedTensor } from 'jumpfill';
import { withPool } from '#built/api/pool-seam.js';
import { failureOf } from '../support/failure.js';
import { expectSameBytes } from '../support/bytes.js';
import { BROKEN_WORKER, faultyTensor, FAULTY_WORKER, timesLeft } from '../support/faults.js';
import { casesOf } from '../support/thorough.js';

const LENGTH = 2 ** 20 + 12_345;
const SEED = 99n;
const engines: Engine[] = [];

function faultyEngine(threads: number, workerUrl = FAULTY_WORKER): Engine {
  const pool = withPool({ workerUrl, resourceLimits: { maxOldGenerationSizeMb: 32 } });
  const engine = new Engine({ threads, seed: SEED, ...pool });
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

const BOUNDS = { low: -1, high: 1 };
async function expected(): Promise<SharedTensor> {
  await using engine = new Engine({ threads: 2, seed: SEED });
  return await engine.uniform_(SharedTensor.empty([LENGTH], { name: 'faulty' }), BOUNDS);
}

const FAULTS = ['exit', 'outOfMemory', 'uncaught'] as const;

describe.each(casesOf({ few: FAULTS.slice(0, 2), all: FAULTS }))(
  'a worker that dies during a fill (%s)',
  (fault) => {
    test('costs another round: the bytes are the same, and the engine stays usable', async () => {
      const engine = faultyEngine(2);
      const faulty = faultyTensor(LENGTH, fault, 1);
      await engine.uniform_(faulty.tensor, BOUNDS);
      expect(timesLeft(faulty)).toBe(0);
      expectSameBytes(faulty.tensor.data, (await expected()).data);
      const again = faultyTensor(LENGTH, 'none', 0);
      await engine.uniform_(again.tensor, BOUNDS);
      expectSameBytes(again.tensor.data, faulty.tensor.data);
    });

    test('again and again without progress ends in an error with the cause, not in a hang', async () => {
      const engine = faultyEngine(2);
      const faulty = faultyTensor(LENGTH, fault, 1000);
      const error = await failureOf(engine.uniform_(faulty.tensor, BOUNDS));
      expect(error.code).toBe('WORKER_FAILED');
      expect(error.cause).toBeInstanceOf(Error);
      const cause = {
        exit: /exited with code: 3/,
        outOfMemory: /memory limit/,
        uncaught: /nobody catches this/,
      }[fault];
      expect(error.message).toMatch(cause);
      const again = faultyTensor(LENGTH, 'none', 0);
      await engine.uniform_(again.tensor, BOUNDS);
      expectSameBytes(again.tensor.data, (await expected()).data);
    });
  },
);

test('if every thread dies once and one dies twice, the bytes are still the same', async () => {
  // The first round loses all three threads; the second loses one, but still makes progress.
  const faulty = faultyTensor(LENGTH, 'exit', 4);
  await faultyEngine(3).uniform_(faulty.tensor, BOUNDS);
  expect(timesLeft(faulty)).toBe(0);
  expectSameBytes(faulty.tensor.data, (await expected()).data);
});

test('an error inside a kernel is reported with its cause and not retried', async () => {
  const faulty = faultyTensor(LENGTH, 'throwInKernel', 1);
  const error = await failureOf(faultyEngine(2).uniform_(faulty.tensor, BOUNDS));
  expect(error.code).toBe('WORKER_FAILED');
  expect(error.message).toMatch('the kernel found a fault');
  expect((error.cause as Error).stack).toMatch(/RangeError[\s\S]*faulty-worker/);
});

test('a worker module that does not load is an error with the cause, not a hang', async () => {
  const engine = faultyEngine(2, BROKEN_WORKER);
  const error = await failureOf(engine.uniform_(SharedTensor.empty([LENGTH]), BOUNDS));
  expect(error.code).toBe('WORKER_FAILED');
  expect(error.message).toMatch('this module does not load');
});

test('a fill that fails leaves the weight scale alone', async () => {
  const { tensor } = faultyTensor(LENGTH, 'throwInKernel', 1);
  const wide = SharedTensor.wrap(tensor.buffer, [4, (LENGTH / 4) | 0], { weightScale: 7 });
  await failureOf(faultyEngine(2).wageInit_(wide, 2));
  expect(wide.weightScale).toBe(7);
});
