/** Threads that die while they draw stretches of one sequence. */
import { afterEach, describe, expect, test } from 'vitest';
import { Engine, normal, TorchGenerator, truncatedNormal, uniform, type InitInput } from 'jumpfill';
import { withPool } from '#built/api/pool-seam.js';
import { expectSameBytes } from '../support/bytes.js';
import { faultyTensor, FAULTY_WORKER, timesLeft } from '../support/faults.js';
import { casesOf } from '../support/thorough.js';

/** Seven chunks in the slow suite, two in the fast one; the last is not whole. */
const LENGTH = casesOf({ few: 1, all: 6 }) * 2 ** 18 + 12_345;
const SEED = 99;
const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

function makeEngine(threads: number): Engine {
  const pool = withPool({ workerUrl: FAULTY_WORKER, resourceLimits: { maxOldGenerationSizeMb: 32 } });
  const engine = new Engine({ threads, ...pool });
  engines.push(engine);
  return engine;
}

const KINDS: readonly (readonly [string, InitInput])[] = [
  ['uniform', uniform({ low: -1, high: 1 })],
  ['normal', normal()],
  ['truncated normal', truncatedNormal()],
];

describe.each(casesOf({ few: KINDS.slice(1, 2), all: KINDS }))('a %s', (_kind, init) => {
  test.each(
    casesOf<readonly [threads: number, deaths: number]>({
      few: [[2, 1]],
      all: [
        [2, 1],
        [3, 2],
        [3, 4],
        [7, 3],
      ],
    }),
  )('on %i threads, of which %i die, has the same bytes', async (threads, deaths) => {
    const faulty = faultyTensor(LENGTH, 'exit', deaths);
    await makeEngine(threads).fill(faulty.tensor, init, { generator: new TorchGenerator(SEED) });
    expect(timesLeft(faulty)).toBe(0);
    const whole = faultyTensor(LENGTH, 'none', 0);
    await makeEngine(threads).fill(whole.tensor, init, { generator: new TorchGenerator(SEED) });
    expectSameBytes(faulty.tensor.data, whole.tensor.data);
  });
});
