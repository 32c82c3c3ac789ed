/** Where pictures show what: a value's place on its axis, a share's height, a dot between the ticks beside it. */
import { describe, expect, test } from 'vitest';
import { at } from '#built/base/at.js';
import { formatTick } from '#built/report/numbers.js';
import { renderHistogram } from '#built/report/histogram.js';
import { renderOverview } from '#built/report/overview.js';
import type { InspectedTensor } from '#built/storage/inspect/inspect-report.js';

/** The parts of a tensor that a picture shows. */
const tensorOf = (parts: object): InspectedTensor => ({ name: 'w', ...parts }) as InspectedTensor;

/** The path of a class. */
const pathOf = (svg: string, name: string): string =>
  new RegExp(`<path class="${name}" d="([^"]*)"`).exec(svg)?.[1] ?? expect.fail(`no ${name}`);

/** The labels of its axis, and where they are. */
const labelsOf = (svg: string): (readonly [x: number, text: string])[] =>
  [...svg.matchAll(/<text x="([^"]+)"[^>]*>([^<]*)</g)].map(([, x, text = '']) => [Number(x), text]);

/** The picture of a histogram has its values from x = 6 to 326, and its heights from y = 110 up to 6. */
describe('a histogram', () => {
  const histogram = { low: -1, high: 1, shares: [0.25, 0.5, 0.25, 0], below: 0, above: 0 };

  test('has the highest bin at the top, others in proportion, and each as wide as its share of the interval', () => {
    const found = pathOf(renderHistogram(tensorOf({ histogram })), 'found');
    expect(found).toBe('M6 110V58h80V6h80V58h80V110h80V110z');
  });

  test('has the density of its recipe on the same axes: the ends at the sides, 0 in the middle', () => {
    const density = [
      [-1, 0],
      [0, 2],
      [1, 0.5],
    ];
    const svg = renderHistogram(tensorOf({ histogram, expected: { density } }));
    // A bin of 0.5 of the values is 1 high, half as high as the density.
    expect(pathOf(svg, 'found')).toBe('M6 110V84h80V58h80V84h80V110h80V110z');
    expect(pathOf(svg, 'theory')).toBe('M6 110L6 110L166 6L326 84V110');
    expect(labelsOf(svg)).toEqual([
      [6, '−1'],
      [326, '1'],
      [166, '0'],
    ]);
  });

  test.each([
    [1, 2, ['1', '2']],
    [-2, -1, ['−2', '−1']],
    [-0.1, 0.9, ['−0.1', '0.9']],
    [-0.9, 0.1, ['−0.9', '0.1']],
    [-0.3, 0.7, ['−0.3', '0.7', '0']],
  ])('from %d to %d has labels at its ends, and at 0 if that is well between', (low, high, labels) => {
    const svg = renderHistogram(tensorOf({ histogram: { ...histogram, low, high } }));
    expect(labelsOf(svg).map(([, text]) => text)).toEqual(labels);
  });

  test('of levels has a bar for each at its value, half a gap from the sides, as high as its share', () => {
    const levels = [
      [-1, 0.25],
      [0, 0.5],
      [1, 0.125],
    ];
    const theory = [
      [-1, 0.5],
      [0, 0],
      [1, 0.5],
    ];
    const svg = renderHistogram(tensorOf({ histogram, levels, expected: { levels: theory } }));
    // Three gaps in 320: the levels are at 59.3, 166 and 272.7; bars are 40 wide at most.
    expect(pathOf(svg, 'found')).toBe('M39.3 110V58h40V110M146 110V6h40V110M252.7 110V84h40V110');
    expect(pathOf(svg, 'theory')).toBe('M39.3 6h40M146 110h40M252.7 6h40');
  });
});

describe('the overview', () => {
  const overviewOf = (stds: readonly number[]): string =>
    renderOverview(stds.map((std) => tensorOf({ figures: { std }, expected: { std: 1.5 * std } })));

  interface Tick {
    readonly value: number;
    readonly y: number;
  }

  /** The ticks of the axis, with the height of the line beside each. */
  function ticksOf(svg: string): Tick[] {
    const values = new Map<string, number>();
    for (let exponent = -40; exponent <= 40; exponent++) {
      for (const factor of [1, 2, 5]) {
        const value = Number(`${factor}e${exponent}`);
        values.set(formatTick(value), value);
      }
    }
    return [...svg.matchAll(/<path class="grid" d="M\d+ ([\d.]+)H\d+"\/><text[^>]*>([^<]*)</g)].map(
      ([, y, text = '']) => ({ value: values.get(text) ?? expect.fail(text), y: Number(y) }),
    );
  }

  test.each([
    [[0.02]],
    [[0.02, 0.05]],
    [[0.0199, 0.0201]],
    [[1, 1]],
    [[0.001, 7, 30]],
    [[1e-12, 3e9]],
    [[0.0049, 0.0051, 0.99]],
  ])('of %j has each dot and each mark at its height between ticks: the logarithm decides', (stds) => {
    const svg = overviewOf(stds);
    const ticks = ticksOf(svg);
    const [lowest, highest] = [at(ticks, 0), at(ticks, ticks.length - 1)];
    const heightOf = (value: number): number =>
      lowest.y +
      ((Math.log(value) - Math.log(lowest.value)) / (Math.log(highest.value) - Math.log(lowest.value))) *
        (highest.y - lowest.y);
    const dots = [...svg.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    const marks = [...pathOf(svg, 'theory').matchAll(/M[\d.]+ ([\d.]+)h/g)].map(([, y]) => Number(y));
    expect([dots.length, marks.length]).toEqual([stds.length, stds.length]);
    stds.forEach((std, i) => {
      expect(at(dots, i)).toBeCloseTo(heightOf(std), 0);
      expect(at(marks, i)).toBeCloseTo(heightOf(1.5 * std), 0);
    });
    // Within the picture, whose axis ends beyond all of them.
    for (const y of [...dots, ...marks, ...ticks.map((tick) => tick.y)]) {
      expect(y >= 10 && y <= 190).toBe(true);
    }
  });

  test('has the tensors in order at equal distances, half of one from either side', () => {
    const svg = overviewOf([0.1, 0.2, 0.3, 0.4]);
    const [, left, right] = /class="grid" d="M(\d+) [\d.]+H(\d+)"/.exec(svg)?.map(Number) ?? [];
    const step = ((right ?? NaN) - (left ?? NaN)) / 4;
    const dots = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    [0.5, 1.5, 2.5, 3.5].forEach((steps, i) => {
      expect(at(dots, i)).toBeCloseTo((left ?? NaN) + steps * step, 0);
    });
  });
});
