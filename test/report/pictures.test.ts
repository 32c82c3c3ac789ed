/** Values are drawn at their positions, by the numbers on the axes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expected, InspectedTensor } from 'jumpfill';
import { renderHistogram } from '../../src/report/histogram.js';
import { renderOverview } from '../../src/report/overview.js';

const FIGURES = { finiteCount: 4, zeros: 0, nans: 0, positiveInfinities: 0, negativeInfinities: 0 };
const TENSOR: InspectedTensor = {
  ...{ name: 'w', dtype: 'F32', shape: [4], elementCount: 4, byteLength: 16, file: 0 },
  figures: { ...FIGURES, min: -1, max: 3, mean: 1, std: 1 },
  verdict: { kind: 'unknown' },
};

/** Of the pictures' viewBox: histogram.ts and overview.ts. */
const AXIS = { left: 6, right: 326, base: 110, top: 6 };
const OVERVIEW = { top: 10, bottom: 190 };

const numbersOf = (text: string | undefined): number[] => (text?.match(/-?[0-9.]+/g) ?? []).map(Number);

describe('a histogram', () => {
  const histogram = { low: -1, high: 3, shares: [0.1, 0.2, 0.3, 0.4], below: 0, above: 0 };
  const expected = { init: { kind: 'zeros' }, min: -1, max: 3, mean: 1, std: 1 } as const;

  test('reaches from one end of its axis to the other, its highest bin to the top', () => {
    const svg = renderHistogram({ ...TENSOR, histogram });
    const [, path = ''] = /class="found" d="M6 110([^"]*)z"/.exec(svg) ?? [];
    const steps = [...path.matchAll(/V([0-9.]+)h([0-9.]+)/g)].map(([, y, step]) => [Number(y), Number(step)]);
    expect(steps.map(([, step]) => step)).toEqual([80, 80, 80, 80]);
    expect(steps.map(([y]) => y)).toEqual([84, 58, 32, 6]);
    const labels = [...svg.matchAll(/<text x="([0-9.]+)"[^>]*>([^<]+)</g)].map(([, x, label]) => [
      label,
      Number(x),
    ]);
    expect(labels).toEqual([
      ['−1', AXIS.left],
      ['3', AXIS.right],
      ['0', 86],
    ]);
  });

  test('has the recipe’s curve at the same scale', () => {
    const density: Expected['density'] = [
      [-1, 0.1],
      [1, 0.4],
      [3, 0.1],
    ];
    const svg = renderHistogram({ ...TENSOR, histogram, expected: { ...expected, density } });
    const points = numbersOf(/class="theory" d="M6 110L([^"]*)V110"/.exec(svg)?.[1]);
    expect(points).toEqual([6, 84, 166, 6, 326, 84]);
  });

  test('of levels has a bar for each, with a mark in the middle', () => {
    const levels = [
      [-1, 0.5],
      [0, 0.25],
      [1, 0.25],
    ] as const;
    const svg = renderHistogram({ ...TENSOR, histogram, levels, expected: { ...expected, levels } });
    const bars = [
      ...(/class="found" d="([^"]*)"/.exec(svg)?.[1] ?? '').matchAll(/M([0-9.]+) 110V([0-9.]+)h([0-9.]+)/g),
    ];
    const middles = bars.map(([, x, , width]) => Number(x) + Number(width) / 2);
    [59.3, 166, 272.7].forEach((x, i) => {
      expect(Math.abs((middles[i] ?? NaN) - x)).toBeLessThan(0.11);
    });
    expect(bars.map(([, , y]) => Number(y))).toEqual([6, 58, 58]);
    const marks = [
      ...(/class="theory" d="([^"]*)"/.exec(svg)?.[1] ?? '').matchAll(/M([0-9.]+) ([0-9.]+)h([0-9.]+)/g),
    ];
    expect(marks.map(([, x, , width]) => Math.abs(Number(x) + Number(width) / 2 - 166) < 0.11)).toEqual([
      false,
      true,
      false,
    ]);
    expect(marks.map(([, , y]) => Number(y))).toEqual([6, 58, 58]);
  });
});

describe('the overview', () => {
  const anyStds = fc.array(fc.double({ min: 1e-12, max: 1e12, noNaN: true, noDefaultInfinity: true }), {
    minLength: 1,
    maxLength: 30,
  });

  test('has every dot within its axis, between the ticks around its value, larger values higher', () => {
    const property = fc.property(anyStds, (stds) => {
      const tensors = stds.map((std) => ({ ...TENSOR, figures: { ...FIGURES, std } }));
      const svg = renderOverview(tensors);
      const dots = [...svg.matchAll(/<circle cx="([0-9.]+)" cy="(-?[0-9.]+)"/g)].map(([, x, y]) => ({
        x: Number(x),
        y: Number(y),
      }));
      expect(dots).toHaveLength(stds.length);
      const ticks = [...svg.matchAll(/<text x="[0-9.]+" y="([0-9.]+)" text-anchor="end">([^<]+)</g)]
        .filter(([, , label]) => label !== 'last')
        .map(([, y, label = '']) => ({ y: Number(y) - 4, value: Number(label.replaceAll('−', '-')) }));
      expect(ticks.length).toBeGreaterThan(0);
      dots.forEach(({ y }, i) => {
        const std = stds[i] ?? NaN;
        expect(y).toBeGreaterThan(OVERVIEW.top);
        expect(y).toBeLessThan(OVERVIEW.bottom);
        for (const tick of ticks) {
          if (tick.value < std) expect(y, `${std} above ${tick.value}`).toBeLessThanOrEqual(tick.y);
          if (tick.value > std) expect(y, `${std} below ${tick.value}`).toBeGreaterThanOrEqual(tick.y);
        }
      });
    });
    fc.assert(property);
  });

  test('has the tensors in their order from left to right', () => {
    const tensors = [1, 2, 3].map((std) => ({ ...TENSOR, figures: { ...FIGURES, std } }));
    const xs = numbersOf(
      [...renderOverview(tensors).matchAll(/<circle cx="([0-9.]+)"/g)].map(([, x]) => x).join(' '),
    );
    expect(xs).toEqual([105.3, 220, 334.7]);
  });
});
