/** The quality of the numbers: what the batteries are fed, how p values are computed, and the page that reports them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from 'jumpfill';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { at } from '../../src/base/at.js';
import { formatHelp, parseCommand, parseTests } from '../../bench/quality/arguments.js';
import { updatePage } from '../../bench/quality/results/page.js';
import {
  mergeResults,
  parsePractRand,
  parseTestu01,
  reachesLength,
} from '../../bench/quality/results/read-files.js';
import { FALSE_ALARM, NO_RESULTS, type Results } from '../../bench/quality/results/results.js';
import { ARRANGEMENTS } from '../../bench/quality/streams/arrangements.js';
import { PLACE_ELEMENTS, QUALITY_SEED } from '../../bench/quality/streams/arrangement.js';
import { lattice24Start } from '../../bench/quality/streams/lattice24-start.js';
import { packLattice24, packLattice53, packLowestBits } from '../../bench/quality/streams/packing.js';
import { cellsOfLaw, cellsOfLevels, momentsOfLaw, roundedTo } from '../../bench/quality/values/laws.js';
import { SAMPLES } from '../../bench/quality/values/samples.js';
import {
  chiSquarePValue,
  kolmogorovPValue,
  logGamma,
  normalPValue,
} from '../../bench/quality/values/special-functions.js';
import {
  edgeOf,
  largestOfTridiagonal,
  tracyWidomShareBelow,
} from '../../bench/quality/values/tracy-widom.js';
import {
  chiSquare,
  countCells,
  furthest,
  lagScore,
  testMoments,
  testPairs,
} from '../../bench/quality/values/value-tests.js';
import { makeFolder } from '../support/folder.js';
import { xoroshiro128plus } from '../../src/domain/streams/xoroshiro128plus.js';

const HAS_COMPILER = spawnSync('cc', ['--version']).status === 0;

const page = readFileSync('bench/quality/README.md', 'utf8');
const stored = JSON.parse(readFileSync('bench/quality/results.json', 'utf8')) as Results;

/** The first words of the block at element `start` of a tensor. */
function wordsAt(name: string, start: number, count: number, seed = QUALITY_SEED): Uint32Array {
  const words = new Uint32Array(count);
  xoroshiro128plus.openBlock(xoroshiro128plus.root(seed, name), start / 65_536, 0).read(words);
  return words;
}

/** Bits of an integer, highest first. */
const bitsOf = (value: number | bigint, width: number): string =>
  BigInt(value).toString(2).padStart(width, '0');

const joined = (words: Iterable<number>): string => [...words].map((word) => bitsOf(word >>> 0, 32)).join('');

describe('arrangements are the words that the library draws:', () => {
  const engine = new Engine({ threads: 1 });
  afterAll(() => engine.close());
  const first = async (name: string, place: number): Promise<Uint32Array> => {
    const arrangement = ARRANGEMENTS.find((known) => known.name === name) ?? expect.fail(name);
    return await arrangement.open(engine, place)();
  };

  test.each([0, 1, 106])('lattice24 at place %i: the upper 24 bits of each 32-bit word', async (place) => {
    const words = wordsAt('lattice24', place * PLACE_ELEMENTS, 64);
    const expected = [...words].map((word) => bitsOf((word ^ 0x80000000) >>> 8, 24)).join('');
    expect(joined((await first('lattice24', place)).subarray(0, 48))).toBe(expected);
  });

  test('words32: the words', async () => {
    expect((await first('words32', 5)).subarray(0, 64)).toEqual(wordsAt('words32', 5 * PLACE_ELEMENTS, 64));
  });

  test('bit0: the lowest bits of even words', async () => {
    const words = wordsAt('bit0', 0, 64);
    const packed = Array.from({ length: 32 }, (_, i) => (at(words, 2 * i) & 1) * 2 ** i);
    expect((await first('bit0', 0))[0]).toBe(packed.reduce((sum, bit) => sum + bit, 0));
  });

  test('seeds: 24 bits of element 0 of 1,024 seeds, then of element 1', async () => {
    const words = await first('seeds', 0);
    const seeds = Array.from({ length: 1024 }, (_, i) => wordsAt('weight', 0, 2, QUALITY_SEED + BigInt(i)));
    const expected = [0, 1].flatMap((element) =>
      seeds.map((drawn) => bitsOf((at(drawn, element) ^ 0x80000000) >>> 8, 24)),
    );
    expect(joined(words.subarray(0, 1536))).toBe(expected.join(''));
  });

  test('block-starts: element 256 of the stretch is element 65,536 of the tensor', async () => {
    const [word = 0] = wordsAt('block-starts', 65_536, 2);
    const expected = bitsOf((word ^ 0x80000000) >>> 8, 24);
    expect(joined((await first('block-starts', 0)).subarray(192, 193)).slice(0, 24)).toBe(expected);
  });

  test.runIf(HAS_COMPILER).each([0, 3, 106])(
    "lattice24.h draws the library's words, over 16 blocks from place %i on",
    async (place) => {
      const program = join(makeFolder(), 'lattice24');
      execFileSync('cc', ['-O2', '-Wall', '-Werror', '-o', program, 'bench/quality/drivers/lattice24.c']);
      const expected = await first('lattice24', place);
      const steps = expected.length / 12;
      const options = { maxBuffer: 2 ** 26 };
      const drawn = execFileSync(program, [lattice24Start(place), String(steps)], options);
      expect(Buffer.compare(drawn, Buffer.from(expected.buffer))).toBe(0);
    },
  );

  test('what was returned stays as it is during the next call', async () => {
    const next = (ARRANGEMENTS[0] ?? expect.fail()).open(engine, 0);
    const words = await next();
    const copy = words.slice(0, 100);
    await next();
    expect(words.subarray(0, 100)).toEqual(copy);
  });
});

describe('packing leaves nothing out:', () => {
  test('24 bits of 4 elements in 3 words', () => {
    const points = fc.array(fc.integer({ min: 0, max: 2 ** 24 - 1 }), { minLength: 8, maxLength: 8 });
    const law = fc.property(points, (lattice) => {
      const out = new Uint32Array(6);
      packLattice24(
        out,
        Float32Array.from(lattice, (k) => (k - 2 ** 23 + 0.5) / 2 ** 23),
      );
      expect(joined(out)).toBe(lattice.map((k) => bitsOf(k, 24)).join(''));
    });
    fc.assert(law);
  });

  test('53 bits of 32 elements in 53 words: the 32 highest of each, then the 21 lowest, lowest first', () => {
    const points = fc.array(fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), { minLength: 64, maxLength: 64 });
    const law = fc.property(points, (lattice) => {
      const out = new Uint32Array(106);
      packLattice53(
        out,
        Float64Array.from(lattice, (k) => (Number(k - 2n ** 52n) + 0.5) / 2 ** 52),
      );
      const expected = [lattice.slice(0, 32), lattice.slice(32)].flatMap((half) => {
        const low = half.reduce((sum, k, i) => sum | ((k & 0x1fffffn) << BigInt(21 * i)), 0n);
        const lows = Array.from({ length: 21 }, (_, i) => Number((low >> BigInt(32 * i)) & 0xffffffffn));
        return [...half.map((k) => Number(k >> 21n)), ...lows];
      });
      expect([...out]).toEqual(expected);
    });
    fc.assert(law);
  });

  test('one bit of 64 words in one', () => {
    const out = new Uint32Array(1);
    packLowestBits(
      out,
      Uint32Array.from({ length: 64 }, (_, i) => (i % 4 === 0 ? 1 : i % 2)),
    );
    expect(out[0]).toBe(0x55555555);
  });
});

describe('p values', () => {
  // scipy 1.17.1: chi2.sf, and norm.sf times 2.
  test.each([
    [3.84145882069412, 1, 0.05000000000000028],
    [4095, 4095, 0.4970611458525347],
    [4400, 4095, 0.0004880544008849322],
    [3800, 4095, 0.9995720370360993],
    [10, 20, 0.9681719426937951],
  ])('of chi-square %d with %i degrees', (x, degrees, p) => {
    expect(chiSquarePValue(x, degrees)).toBeCloseTo(p, 11);
  });

  test('of the normal: 5 % beyond 1.96', () => {
    expect(normalPValue(1.959963984540054)).toBeCloseTo(0.05, 12);
    expect(normalPValue(-6) / 1.973175290075389e-9).toBeCloseTo(1, 6);
  });

  test('of Kolmogorov: 5 % beyond 1.358 / sqrt(n)', () => {
    expect(kolmogorovPValue(1.3581 / 1000, 1e6)).toBeCloseTo(0.05, 4);
  });

  test('ln Gamma at whole numbers is the sum of logarithms', () => {
    let sum = 0;
    for (let n = 1; n < 60; n++) {
      expect(logGamma(n)).toBeCloseTo(sum, 11);
      sum += Math.log(n);
    }
  });

  test("Tracy-Widom's quantiles, of Prähofer's tables, within the gamma's error", () => {
    for (const [x, share] of [
      [-3.8954, 0.01],
      [-3.1804, 0.05],
      [-1.2686, 0.5],
      [0.4501, 0.9],
      [0.9793, 0.95],
      [2.0234, 0.99],
    ] as const)
      expect(Math.abs(tracyWidomShareBelow(x) - share)).toBeLessThan(0.002);
  });
});

describe('value tests', () => {
  const uniform = { shareBelow: (x: number) => Math.min(Math.max((x + 1) / 2, 0), 1), low: -1, high: 1 };
  const words = wordsAt('value tests', 0, 2 ** 16);
  const values = Float64Array.from(words, (word) => (word + 0.5) / 2 ** 31 - 1);

  test('pass uniforms, and notice a 20th of them squeezed', () => {
    const cells = cellsOfLaw(uniform, 64);
    const p = (sample: Float64Array): number =>
      chiSquare(countCells(sample, cells), cells.shares, sample.length).pValue;
    expect(p(values)).toBeGreaterThan(1e-4);
    expect(p(values.map((x, i) => (i % 20 === 0 ? x / 2 : x)))).toBeLessThan(FALSE_ALARM);
  });

  test('notice a variance 5 % too large', () => {
    const moments = momentsOfLaw(uniform, 17);
    expect(testMoments(values, moments).pValue).toBeGreaterThan(1e-4);
    expect(
      testMoments(
        values.map((x) => x * 1.025),
        moments,
      ).pValue,
    ).toBeLessThan(FALSE_ALARM);
  });

  test('notice that an element repeats its neighbour once in 20', () => {
    const repeated = values.map((x, i) => (i % 20 === 1 ? at(values, i - 1) : x));
    expect(Math.abs(lagScore(values, 1, 1 / 3))).toBeLessThan(5);
    expect(lagScore(repeated, 1, 1 / 3)).toBeGreaterThan(7);
    expect(
      testPairs(
        values,
        values.map((x, i) => (i % 20 === 0 ? x : at(values, (i + 1) % values.length))),
      ).pValue,
    ).toBeLessThan(FALSE_ALARM);
  });

  test('refuse values beyond the law, and what is no number', () => {
    const { cellOf } = cellsOfLaw(uniform, 64);
    expect([-1, 1].map(cellOf)).toEqual([0, 63]);
    for (const value of [NaN, Infinity, 1.0000001]) expect(() => cellOf(value)).toThrow('should not occur');
    const holed = values.map((x, i) => (i === 999 ? NaN : x));
    const score = lagScore(holed, 1, 1 / 3);
    for (const scores of [[score], [1, score], [score, 1]]) expect(furthest(scores, 'lags').pValue).toBe(0);
  });

  test('moments of a uniform are 1 / (k + 1) for even k', () => {
    const moments = momentsOfLaw(uniform, 17);
    moments.forEach((moment, k) => {
      expect(moment).toBeCloseTo(k % 2 === 0 ? 1 / (k + 1) : 0, 8);
    });
  });

  test('levels take what rounds to them, and cells join levels', () => {
    const levels = roundedTo([-1, -0.5, 0, 0.5, 1], uniform);
    expect([...levels.values()]).toEqual([0.125, 0.25, 0.25, 0.25, 0.125]);
    const { shares, cellOf } = cellsOfLevels(levels, 3);
    expect(shares).toEqual([0.375, 0.625]);
    expect([-1, -0.5, 0, 0.5, 1].map(cellOf)).toEqual([0, 0, 1, 1, 1]);
  });

  test('the largest eigenvalue of a tridiagonal matrix', () => {
    const n = 50;
    const diagonal = new Array<number>(n).fill(2);
    const besides = new Array<number>(n).fill(-1);
    expect(largestOfTridiagonal(diagonal, besides)).toBeCloseTo(2 + 2 * Math.cos(Math.PI / (n + 1)), 10);
  });

  test('the edge of a scaled matrix is where its largest singular value puts it', () => {
    const n = 200;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) matrix[i * n + i] = i === 17 ? 30 : 1 + i / n;
    const root = Math.sqrt(n - 0.5);
    const expected = (900 - 4 * root ** 2) / (2 * root * (2 / root) ** (1 / 3));
    expect(edgeOf(matrix, n)).toBeCloseTo(expected, 6);
  });
});

describe('files of the batteries', () => {
  test("the driver's, of a finished test alone", () => {
    const text = 'p\t10\tRandomWalk1 H\t0.05716602663\np\t10\tRandomWalk1 M\t0.5\nused\t5000000\t0.5\n';
    const [first, second, ...rest] = parseTestu01(text, 'small', 'lattice24');
    expect(first).toEqual({
      battery: 'small',
      arrangement: 'lattice24',
      test: 10,
      name: 'RandomWalk1 H',
      pValue: 0.05716602663,
    });
    expect([second?.pValue, rest]).toEqual([0.5, []]);
    expect(parseTestu01(text.replace(/used.*\n/, ''), 'small', 'lattice24')).toEqual([]);
    expect(parseTestu01(text.replace('0.5\n', '-1\n'), 'small', 'lattice24')).toEqual([first]);
  });

  test("PractRand's are whole at the length that was asked for, or at a failure before", () => {
    const head =
      'RNG_test using PractRand version 0.96\nlength= 64 megabytes (2^26 bytes), time= 4.7 seconds\n';
    const [good, bad] = ['normal', 'FAIL !!!!!!!!'].map(
      (word) => `${head}  BRank(12):8K(1)   R=  +0.7  p = 0.4  ${word}\n`,
    );
    expect(
      [good, good, bad, head.slice(0, 38)].map((text = '', i) =>
        reachesLength(text, i === 0 ? '64MB' : '1GB'),
      ),
    ).toEqual([...[true, false, true, false]]);
  });

  test("PractRand's, at each length", () => {
    const text = [
      'RNG_test using PractRand version 0.96',
      'length= 64 megabytes (2^26 bytes), time= 4.7 seconds',
      '  Test Name                         Raw       Processed     Evaluation',
      '  BCFN(2+0,13-3U)                   R=  +0.7  p = 0.377     normal           ',
      '  Gap-16:C                          R=  +0.7  p~= 0.685     normalish        ',
      '',
      'length= 128 megabytes (2^27 bytes), time= 9 seconds',
      '  BRank(12):8K(1)                   R=+10916  p~=  6e-3287    FAIL !!!!!!!!  ',
      '  FPF/16:cross                      R=  -2.5  p =1-2.5e-4   unusual          ',
    ].join('\n');
    const [short, long] = parsePractRand(text, 'bit0');
    expect(short).toEqual({ arrangement: 'bit0', log2Bytes: 26, version: '0.96', count: 2, anomalies: [] });
    expect(long?.anomalies).toEqual([
      { name: 'BRank(12):8K(1)', pValue: '6e-3287', evaluation: 'FAIL !!!!!!!!' },
      { name: 'FPF/16:cross', pValue: '1-2.5e-4', evaluation: 'unusual' },
    ]);
    expect(long?.results).toEqual(long?.anomalies);
  });

  test('newer results take the place of older ones of the same test', () => {
    const result = { battery: 'small', arrangement: 'names', test: 1, name: 'Gap', pValue: 0.5 } as const;
    const older: Results = { ...NO_RESULTS, testu01: [result, { ...result, test: 2 }] };
    const newer: Results = { ...NO_RESULTS, testu01: [{ ...result, pValue: 0.25 }] };
    expect(mergeResults(older, newer).testu01.map(({ test, pValue }) => [test, pValue])).toEqual([
      [1, 0.25],
      [2, 0.5],
    ]);
  });
});

describe('the command line', () => {
  const names = ARRANGEMENTS.map(({ name }) => name);

  test('nothing means the value tests, and no name all arrangements', () => {
    expect(parseCommand([], names)).toEqual({ kind: 'values' });
    expect(parseCommand(['testu01', 'small'], names)).toMatchObject({ arrangements: names, jobs: 1 });
  });

  test('lists of tests', () => {
    expect(parseTests('1-3,7', 10)).toEqual([1, 2, 3, 7]);
    expect(parseTests(undefined, 3)).toEqual([1, 2, 3]);
  });

  test.each([
    ['wat'],
    ['testu01'],
    ['testu01', 'huge'],
    ['testu01', 'big', 'lattice25'],
    ['testu01', 'small', '--tests', '0-3'],
    ['testu01', 'small', '--tests', '3-11'],
    ['testu01', 'small', '--jobs', '0'],
    ['testu01', 'small', '--again', '8'],
    ['practrand', '128'],
    ['practrand', '0GB'],
    ['practrand', '3GB'],
    ['--wat'],
  ])('refuses %s %s', (...argv) => {
    expect(() => parseCommand(argv, names)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  test('help and page list every arrangement with what it is', () => {
    for (const { name, says } of ARRANGEMENTS) {
      expect(formatHelp(ARRANGEMENTS)).toContain(says);
      expect(page).toContain(`| \`${name}\` | ${says} |`);
    }
  });
});

describe('the page', () => {
  test('has a result of every sample', () => {
    const tested = stored.values.filter(({ test }) => test === 'cells').map(({ of }) => of);
    expect(tested.sort()).toEqual(SAMPLES.map(({ of }) => of).sort());
  });

  test('has the tables of results.json', () => {
    expect(updatePage(page, stored)).toBe(page);
  });

  test('hides no failure: value tests pass, and of the batteries only what is known to fails', () => {
    expect(stored.values.filter(({ pValue }) => pValue < FALSE_ALARM)).toEqual([]);
    const failed = stored.practrand.filter(({ anomalies }) =>
      anomalies.some(({ evaluation }) => evaluation.startsWith('FAIL')),
    );
    for (const { arrangement } of failed) expect(['bit0', 'words32', 'torch']).toContain(arrangement);
  });
});
