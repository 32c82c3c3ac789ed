/** A contest's turns and ratios, and that wrong bytes end it. Times are made up. */
import { describe, expect, test } from 'vitest';
import type { LeftOut, ThroughputRow } from '../../bench/measure/answer.js';
import { proofIn } from '../../bench/measure/check.js';
import { measureBy, runContest, type Contestant } from '../../bench/measure/contest.js';
import { drawOf, shapeOf, wage } from '../../bench/contestants/subjects.js';
import { fillRange } from '../../src/domain/draws/draw.js';

const SCALE = { isQuick: true, threads: 1, elements: 1, minRounds: 3, maxRounds: 3, budgetMs: 0, warmMs: 0 };

/** Notes its turns and takes the times given, one after the other. */
function contestant(label: string, times: readonly number[], turns: string[]): Contestant {
  let run = 0;
  return {
    ...{ label, role: 'jumpfill', threads: 1, elementCount: 10 },
    run: () => {
      turns.push(label);
      return Promise.resolve(times[run++] ?? NaN);
    },
  };
}

test('each round runs every contestant once, in an order that varies but is reproducible, and the first run does not count', async () => {
  const hold = async (turns: string[]): Promise<ThroughputRow[]> =>
    await runContest(
      ['a', 'b', 'c'].map((label) => contestant(label, [100, 1, 2, 3], turns)),
      SCALE,
    );
  const turns: string[] = [];
  const again: string[] = [];
  const rows = await hold(turns);
  await hold(again);
  expect(again).toEqual(turns);
  const rounds = [0, 3, 6, 9].map((from) => turns.slice(from, from + 3));
  for (const round of rounds) expect(round.toSorted()).toEqual(['a', 'b', 'c']);
  expect(new Set(rounds.map((round) => round.join(''))).size).toBeGreaterThan(1);
  expect(rows.map(({ roundsMs }) => roundsMs)).toEqual([1, 2, 3].map(() => [1, 2, 3]));
});

test('a peer that fails is left out with its reason, and the others are timed; any other failure ends the contest', async () => {
  const failing = {
    ...contestant('other', [], []),
    role: 'peer' as const,
    run: () => Promise.reject(new Error('no tensor')),
  };
  const left: LeftOut[] = [];
  const rows = await runContest([contestant('ours', [1, 1, 1, 1], []), failing], SCALE, (one) => {
    left.push(one);
  });
  expect(rows.map(({ label }) => label)).toEqual(['ours']);
  expect(left).toEqual([{ what: 'other', why: 'no tensor' }]);
  const ours = { ...failing, role: 'jumpfill' as const };
  await expect(runContest([ours], SCALE, () => undefined)).rejects.toThrow('no tensor');
});

test('short runs are repeated before the first that counts, until two in a row are alike', async () => {
  const turns: string[] = [];
  const times = [9, 7, 5, 3, ...Array<number>(1e6).fill(1)];
  const [row] = await runContest([contestant('a', times, turns)], { ...SCALE, warmMs: 20 });
  expect(turns.length).toBeGreaterThan(6 + SCALE.maxRounds - 1);
  expect(row?.roundsMs).toEqual([1, 1, 1]);
});

test("a ratio is the ceiling's time over the row's, round by round", async () => {
  const ceiling = contestant('fill', [0, 1, 10, 4], []);
  const slower = contestant('ours', [0, 2, 40, 5], []);
  const [first, second] = await runContest(measureBy(ceiling, [slower]), SCALE);
  expect(first?.ofCeiling).toBeUndefined();
  // 1/2, 10/40, 4/5
  expect(second?.ofCeiling?.median).toBe(0.5);
});

describe('wrong bytes end a contest', () => {
  const elementCount = 200_000;
  const draw = drawOf(wage.init, shapeOf(elementCount));
  const fillExcept = (data: Float32Array, wrong: readonly number[]): Contestant => ({
    ...contestant('kernel', [], []),
    elementCount,
    run: () => {
      fillRange(draw, 0, data);
      for (const element of wrong) data[element] = 0.25;
      return Promise.resolve(1);
    },
    proof: proofIn(data, draw),
  });

  test('right ones do not', async () => {
    const [row] = await runContest([fillExcept(new Float32Array(elementCount), [])], SCALE);
    expect(row?.elapsedMs.count).toBe(3);
  });

  test.each([0, 65_535, 65_536, elementCount - 1])('element %i', async (wrong) => {
    const contest = runContest([fillExcept(new Float32Array(elementCount), [wrong])], SCALE);
    await expect(contest).rejects.toThrow(`kernel: element ${wrong} differs from the specification`);
  });

  test('unwritten elements, even where the right ones lay before', async () => {
    const data = new Float32Array(elementCount);
    fillRange(draw, 0, data);
    const idle: Contestant = {
      ...contestant('idle', [1, 1, 1, 1], []),
      elementCount,
      proof: proofIn(data, draw),
    };
    await expect(runContest([idle], SCALE)).rejects.toThrow('idle: element 0');
  });
});
