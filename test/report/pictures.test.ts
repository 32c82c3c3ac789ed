/** Pictures have everything in its place: bars and curves over their values, every dot within the frame, ticks around all of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expected, InspectedTensor } from 'jumpfill';
import { renderHistogram } from '../../src/report/histogram.js';
import { renderOverview } from '../../src/report/overview.js';

const NONE = { zeros: 0, nans: 0, positiveInfinities: 0, negativeInfinities: 0, finiteCount: 64 };
const TENSOR = {
  name: 'w',
  dtype: 'F32',
  shape: [64],
  elementCount: 64,
  byteLength: 256,
  file: 0,
  figures: { ...NONE, min: -1, max: 1, mean: 0, std: 0.5 },
  verdict: { kind: 'expected' },
} as const satisfies InspectedTensor;
const EXPECTED = {
  init: { kind: 'normal', mean: 0, std: 0.5 },
  min: -1,
  max: 1,
  mean: 0,
  std: 0.5,
} as const satisfies Expected;

const pathOf = (picture: string, kind: string): string =>
  new RegExp(`<path class="${kind}" d="([^"]*)"`).exec(picture)?.[1] ?? expect.fail(`no ${kind}`);

describe('a histogram', () => {
  const bins = { low: -1, high: 1, below: 0, above: 0 };
  const peakAt = (bin: number): readonly number[] =>
    Array.from({ length: 64 }, (_, i) => (i === bin ? 1 : 0));
  // The picture is 320 units wide and begins at 6.
  const placeOf = (value: number): number => 6 + ((value + 1) / 2) * 320;

  test('has its curve over the bins of the same values', () => {
    const density = Array.from({ length: 65 }, (_, i) => [-1 + i / 32, 1 + (i % 2)] as const);
    const expected = { ...EXPECTED, density };
    const picture = renderHistogram({ ...TENSOR, histogram: { ...bins, shares: peakAt(48) }, expected });
    // It begins on the base line.
    const [start, ...curve] = pathOf(picture, 'theory').replace(/^M/, '').split('L');
    expect(start).toBe('6 110');
    expect(curve.map((point) => Number(point.split(' ')[0]))).toEqual(
      density.map(([value]) => Math.round(10 * placeOf(value)) / 10),
    );
    const [, ...steps] = pathOf(picture, 'found').split('V');
    expect(pathOf(picture, 'found')).toMatch(/^M6 110V/);
    expect(steps.slice(0, 64).map((step) => Number(step.split('h')[1]))).toEqual(new Array(64).fill(5));
    // The bin from 0.5 on is the only one that is not on the base line.
    expect(steps.slice(0, 64).findIndex((step) => !step.startsWith('110h'))).toBe(48);
  });

  test('has bars and marks of levels at the same places, and the axis’ labels below them', () => {
    const levels = [-1, 0, 1].map((value) => [value, 1 / 3] as const);
    const picture = renderHistogram({
      ...TENSOR,
      histogram: { ...bins, shares: peakAt(0) },
      levels,
      expected: { ...EXPECTED, levels },
    });
    // From -1.5 to 1.5: a level's own third of the width each.
    const centres = levels.map((_, i) => Math.round(10 * (6 + (320 * (i + 0.5)) / 3)) / 10);
    const startsOf = (path: string): readonly (readonly [number, number])[] =>
      Array.from(
        path.matchAll(/M(\S+) \S+?(?:V\S+?)?h([\d.]+)/g),
        ([, x, width]) => [Number(x), Number(width)] as const,
      );
    for (const kind of ['found', 'theory']) {
      const middles = startsOf(pathOf(picture, kind)).map(([x, width]) => x + width / 2);
      middles.forEach((middle, i) => {
        expect(Math.abs(middle - (centres[i] ?? NaN))).toBeLessThan(0.2);
      });
      expect(middles).toHaveLength(3);
    }
    expect(Array.from(picture.matchAll(/<text x="([^"]+)"/g), ([, x]) => Number(x))).toEqual([
      centres[0],
      centres[2],
      centres[1],
    ]);
  });
});

describe('the overview', () => {
  const anyStd = fc.double({ min: -30, max: 30, noNaN: true }).map((power) => 10 ** power);
  const anyScale = fc.integer({ min: 0, max: 60 }).map((power) => 2 ** power);
  const tensorOf = (std: number, expectedStd: number, weightScale: number): InspectedTensor => ({
    ...TENSOR,
    figures: { ...TENSOR.figures, std },
    stored: { weightScale },
    expected: { ...EXPECTED, std: expectedStd },
  });

  test('has every dot and dash within its frame, between a tick at the bottom and the edge of the top', () => {
    const anyTensors = fc.array(fc.tuple(anyStd, anyStd, anyScale), { minLength: 1, maxLength: 8 });
    const law = fc.property(anyTensors, (given) => {
      const pictures = renderOverview(given.map((each) => tensorOf(...each)))
        .split('</figure>')
        .slice(0, 2);
      for (const picture of pictures) {
        const dots = Array.from(picture.matchAll(/cy="([^"]+)"/g), ([, y]) => Number(y));
        const dashes = Array.from(pathOf(picture, 'theory').matchAll(/M\S+ ([\d.-]+)h/g), ([, y]) =>
          Number(y),
        );
        expect(dots).toHaveLength(given.length);
        for (const y of [...dots, ...dashes]) {
          expect(y).toBeGreaterThanOrEqual(10);
          expect(y).toBeLessThanOrEqual(190);
        }
      }
    });
    fc.assert(law);
  });

  test('reaches from the tick below all values to the first above them, and no further', () => {
    const ticksOf = (stds: readonly number[]): readonly string[] => {
      const [picture = ''] = renderOverview(stds.map((std) => tensorOf(std, std, 1))).split('</figure>');
      return Array.from(picture.matchAll(/text-anchor="end">([^<l][^<]*)</g), ([, text]) => text ?? '');
    };
    expect(ticksOf([0.03, 0.06])).toEqual(['0.02', '0.05', '0.1']);
    expect(ticksOf([0.3])).toEqual(['0.2', '0.5']);
    // So near to a tick that the dot would lie on the edge.
    expect(ticksOf([0.199, 0.03])).toEqual(['0.02', '0.05', '0.1', '0.2', '0.5']);
  });
});
