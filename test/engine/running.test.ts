/** Abort, progress, several fills at once, closing: threads stop at a gate, so no test waits for a clock. */
import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Engine, JumpfillError, SharedTensor, type Progress } from 'jumpfill';
import { withPool } from '#built/api/pool-seam.js';
import { expectSameBytes } from '../support/bytes.js';
import { faultyTensor, FAULTY_WORKER, type FaultyTensor } from '../support/faults.js';

const LENGTH = 2 ** 21;
const CHUNKS = 8;
const BOUNDS = { low: -1, high: 1 };
const engines: Engine[] = [];

function heldEngine(threads: number): Engine {
  const engine = new Engine({ threads, seed: 1n, ...withPool({ workerUrl: FAULTY_WORKER }) });
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

const settled = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => 'resolved',
    (reason: unknown) => reason,
  );

describe('abort', () => {
  test('rejects with the reason, begins no further chunk, kills no thread, and the next fill works', async () => {
    const engine = heldEngine(2);
    const held = faultyTensor(LENGTH, 'none', 0, 'shut');
    const controller = new AbortController();
    const filling = settled(engine.uniform_(held.tensor, { ...BOUNDS, signal: controller.signal }));
    await held.whenBegun(2);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    held.openGate();
    expect(await filling).toBe(reason);
    expect(held.begun()).toBe(2);
    const whole = await engine.uniform_(faultyTensor(LENGTH, 'none', 0).tensor, BOUNDS);
    await using other = new Engine({ threads: 1, seed: 1n });
    expectSameBytes(
      whole.data,
      (await other.uniform_(SharedTensor.empty([LENGTH], { name: 'faulty' }), BOUNDS)).data,
    );
  });

  test('of a fill that waits for another rejects at once, and that fill never writes', async () => {
    const engine = heldEngine(1);
    const held = faultyTensor(LENGTH, 'none', 0, 'shut');
    const waiting = faultyTensor(LENGTH, 'none', 0);
    const controller = new AbortController();
    const first = engine.uniform_(held.tensor, BOUNDS);
    await held.whenBegun(1);
    const second = settled(engine.uniform_(waiting.tensor, { ...BOUNDS, signal: controller.signal }));
    controller.abort('no more');
    expect(await second).toBe('no more');
    held.openGate();
    await first;
    await engine.close();
    expect(waiting.begun()).toBe(0);
    expect(waiting.tensor.data.every((value) => value === 0)).toBe(true);
  });

  test('settles only when no thread writes any more, not while one is still in a chunk', async () => {
    const engine = heldEngine(2);
    const held = faultyTensor(LENGTH, 'none', 0, 'shut');
    const controller = new AbortController();
    let isSettled = false;
    const filling = settled(engine.uniform_(held.tensor, { ...BOUNDS, signal: controller.signal })).then(
      (outcome) => {
        isSettled = true;
        return outcome;
      },
    );
    await held.whenBegun(2);
    controller.abort('enough');
    // Anything that would settle by itself has done so by now.
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    held.openGate();
    expect(await filling).toBe('enough');
    const left = held.tensor.data.slice();
    await engine.close();
    expectSameBytes(held.tensor.data, left);
  });

  test('of thirty fills at once takes one listener, prints no warning, and leaves no listener behind', async () => {
    const engine = heldEngine(1);
    const warnings: Error[] = [];
    const note = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', note);
    const controller = new AbortController();
    const { signal } = controller;
    const count = (): number => getEventListeners(signal, 'abort').length;
    const held = Array.from({ length: 30 }, () => faultyTensor(2 ** 18 + 1, 'none', 0, 'shut'));
    const fill = ({ tensor }: FaultyTensor): Promise<unknown> =>
      settled(engine.uniform_(tensor, { ...BOUNDS, signal }));
    const filling = held.map(fill);
    const findBegun = (): number => held.findIndex(({ begun }) => begun() > 0);
    while (findBegun() < 0) await new Promise((resolve) => setImmediate(resolve));
    expect(count()).toBe(1);
    const first = findBegun();
    held[first]?.openGate();
    expect(await filling[first]).toBe('resolved');
    expect(count()).toBe(1);
    controller.abort('no more');
    held.forEach(({ openGate }) => {
      openGate();
    });
    const others = filling.filter((_, i) => i !== first);
    expect(new Set(await Promise.all(others))).toEqual(new Set(['no more']));
    expect(count()).toBe(0);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  test('leaves no listener behind if the fill ends or fails without it', async () => {
    const { signal } = new AbortController();
    const engine = heldEngine(2);
    await engine.uniform_(faultyTensor(LENGTH, 'none', 0).tensor, { ...BOUNDS, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await settled(engine.uniform_(faultyTensor(LENGTH, 'throwInKernel', 1).tensor, { ...BOUNDS, signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('before the start rejects before anything is written', async () => {
    const tensor = SharedTensor.empty([10]);
    const reason = await settled(
      heldEngine(1).uniform_(tensor, { ...BOUNDS, signal: AbortSignal.abort('never') }),
    );
    expect(reason).toBe('never');
    expect([...tensor.data]).toEqual(new Array(10).fill(0));
  });
});

describe('progress', () => {
  test('is monotonic and ends at the total, for the fill of a thread and for one on the calling thread', async () => {
    for (const length of [LENGTH, 1000, 0]) {
      const seen: Progress[] = [];
      await heldEngine(2).uniform_(faultyTensor(length, 'none', 0).tensor, {
        ...BOUNDS,
        onProgress: (p) => seen.push(p),
      });
      const done = seen.map(({ doneElements }) => doneElements);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(seen.at(-1)).toEqual({ doneElements: length, totalElements: length });
    }
  });

  test('reports the done elements while threads still work', async () => {
    const held = faultyTensor(LENGTH, 'none', 0, 'shut');
    const seen: number[] = [];
    let report = (): void => undefined;
    const reported = new Promise<void>((resolve) => (report = resolve));
    const filling = heldEngine(2).uniform_(held.tensor, {
      ...BOUNDS,
      onProgress: ({ doneElements }) => {
        seen.push(doneElements);
        report();
      },
    });
    await reported;
    expect(seen[0]).toBe(0);
    held.openGate();
    await filling;
    expect(seen.at(-1)).toBe(LENGTH);
  });

  test('a callback that throws ends the fill with what it threw', async () => {
    const failure = new Error('the bar broke');
    const onProgress = (): void => {
      throw failure;
    };
    expect(
      await settled(
        heldEngine(2).uniform_(faultyTensor(LENGTH, 'none', 0).tensor, { ...BOUNDS, onProgress }),
      ),
    ).toBe(failure);
    expect(await settled(heldEngine(2).uniform_(SharedTensor.empty([5]), { ...BOUNDS, onProgress }))).toBe(
      failure,
    );
  });

  test('no timer outlives the fill that it reports on, even if that is aborted or fails', async () => {
    const set = vi.spyOn(globalThis, 'setInterval');
    const cleared = vi.spyOn(globalThis, 'clearInterval');
    const controller = new AbortController();
    const onProgress = (): void => {
      controller.abort('enough');
    };
    const fillWith = (fault: 'none' | 'throwInKernel', signal?: AbortSignal): Promise<unknown> =>
      heldEngine(2).uniform_(faultyTensor(LENGTH, fault, 1).tensor, { ...BOUNDS, signal, onProgress });
    await settled(fillWith('throwInKernel'));
    await settled(fillWith('none', controller.signal));
    await settled(fillWith('none'));
    const timers = set.mock.results.map(({ value }) => value as unknown);
    expect(timers.length).toBeGreaterThan(0);
    for (const timer of timers) expect(cleared).toHaveBeenCalledWith(timer);
  });

  test('a callback that throws at the last report, of all elements, ends the fill as well', async () => {
    const failure = new Error('nothing left to show');
    const onProgress = ({ doneElements, totalElements }: Progress): void => {
      if (doneElements === totalElements) throw failure;
    };
    const fill = heldEngine(2).uniform_(faultyTensor(LENGTH, 'none', 0).tensor, { ...BOUNDS, onProgress });
    expect(await settled(fill)).toBe(failure);
  });
});

test('several fills at once on one engine give the same bytes as each alone', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const fillAll = async (engine: Engine, together: boolean): Promise<SharedTensor[]> => {
    const fill = (name: string, i: number): Promise<SharedTensor> =>
      engine.uniform_(SharedTensor.empty([100_000 * (i + 1) + 7], { name }), BOUNDS);
    if (together) return await Promise.all(names.map(fill));
    const tensors: SharedTensor[] = [];
    for (const [i, name] of names.entries()) tensors.push(await fill(name, i));
    return tensors;
  };
  await using engine = new Engine({ threads: 3, seed: 5n });
  const alone = await fillAll(engine, false);
  const together = await fillAll(engine, true);
  together.forEach((tensor, i) => {
    expectSameBytes(tensor.data, alone[i]?.data ?? new Float32Array(), tensor.name);
  });
});

describe('closing', () => {
  test('waits for the fill that runs; a fill after it is refused', async () => {
    const engine = heldEngine(2);
    const held = faultyTensor(LENGTH, 'none', 0, 'shut');
    const order: string[] = [];
    const filling = engine.uniform_(held.tensor, BOUNDS).then(() => order.push('filled'));
    await held.whenBegun(2);
    const closing = engine.close().then(() => order.push('closed'));
    const refused = await settled(engine.uniform_(SharedTensor.empty([3]), BOUNDS));
    expect(refused).toBeInstanceOf(JumpfillError);
    expect((refused as JumpfillError).code).toBe('ENGINE_CLOSED');
    held.openGate();
    await Promise.all([filling, closing]);
    expect(order).toEqual(['filled', 'closed']);
    expect(held.begun()).toBe(CHUNKS);
  });

  test('twice is the same as once, and does nothing on an engine that never started', async () => {
    const engine = heldEngine(2);
    await Promise.all([engine.close(), engine.close()]);
    expect(engine.isStarted).toBe(false);
  });
});

test('four blocks or less are filled on the calling thread: the pool is not started', async () => {
  const engine = heldEngine(2);
  await engine.uniform_(SharedTensor.empty([262_144]), BOUNDS);
  expect(engine.isStarted).toBe(false);
  await engine.uniform_(faultyTensor(262_145, 'none', 0).tensor, BOUNDS);
  expect(engine.isStarted).toBe(true);
});

describe('without a number of threads', () => {
  // The specification has threads from its second chunk on.
  const SETTINGS = { seed: 1n, simd: true };
  const fill = async (engine: Engine, length: number): Promise<SharedTensor> =>
    await engine.uniform_(SharedTensor.empty([length], { name: 'w' }), BOUNDS);

  test('first fills start none, and have the bytes of threads', async () => {
    await using engine = new Engine(SETTINGS);
    const here = await fill(engine, 2 ** 19);
    expect(engine.isStarted).toBe(false);
    await using other = new Engine({ ...SETTINGS, threads: 2 });
    expectSameBytes(here.data, (await fill(other, 2 ** 19)).data);
    expect(other.isStarted).toBe(true);
  });

  test('a larger fill starts them, and they do what has more than a chunk from then on', async () => {
    await using engine = new Engine(SETTINGS);
    await fill(engine, 2 ** 21 + 1);
    expect(engine.isStarted).toBe(true);
    const reports: Progress[] = [];
    const filling = engine.uniform_(SharedTensor.empty([2 ** 19]), {
      ...BOUNDS,
      onProgress: (progress) => reports.push(progress),
    });
    // On the calling thread it would have ended by now.
    expect(reports).toEqual([]);
    await filling;
    expect(reports.at(-1)).toEqual({ doneElements: 2 ** 19, totalElements: 2 ** 19 });
  });

  test('one of the first fills reports once, at its end, and is not begun with an aborted signal', async () => {
    await using engine = new Engine(SETTINGS);
    const reports: Progress[] = [];
    const onProgress = (progress: Progress): unknown => reports.push(progress);
    await engine.uniform_(SharedTensor.empty([2 ** 19]), { ...BOUNDS, onProgress });
    expect(reports).toEqual([{ doneElements: 2 ** 19, totalElements: 2 ** 19 }]);
    const tensor = SharedTensor.empty([2 ** 19]);
    const reason = new Error('changed my mind');
    const refused = engine.uniform_(tensor, { ...BOUNDS, signal: AbortSignal.abort(reason) });
    expect(await settled(refused)).toBe(reason);
    expect(tensor.data.every((value) => value === 0)).toBe(true);
  });

  test('a stream of bytes has threads from its first batch on, which draw the next one meanwhile', async () => {
    await using engine = new Engine(SETTINGS);
    const spec = { tensors: [{ name: 'w', shape: [2 ** 20], init: { kind: 'uniform', low: -1, high: 1 } }] };
    for await (const bytes of engine.streamCheckpoint(spec)) expect(bytes.length).toBeGreaterThan(0);
    expect(engine.isStarted).toBe(true);
  });
});
