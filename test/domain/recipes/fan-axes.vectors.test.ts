/** Fans over named axes, against JAX's own function (vectors/fan_axes.py), and what JAX does not refuse. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resolveFans } from '../../../src/domain/recipes/chosen-fans.js';
import type { FanAxes } from '../../../src/domain/recipes/fan-axes.js';

interface Row extends FanAxes {
  readonly shape: readonly number[];
  readonly fans: readonly [number, number];
}

const rows = JSON.parse(readFileSync('test/vectors/fan_axes.json', 'utf8')) as readonly Row[];
const [E, IN, OUT] = [8, 32, 64];

test("fans over axes are JAX's, whatever the layout", () => {
  for (const { shape, fans, ...axes } of rows) {
    const layouts = axes.in_axis === undefined ? (['keras'] as const) : (['keras', 'torch'] as const);
    for (const layout of layouts)
      expect(resolveFans({ ...axes, layout }, 'fan_avg', shape, undefined)).toEqual({
        fanIn: fans[0],
        fanOut: fans[1],
      });
  }
  expect(rows.length).toBeGreaterThan(200);
});

test('the layout gives the axes that are left out, among those that are not of the batch', () => {
  const fansOf = (shape: readonly number[], axes: FanAxes & { layout: 'torch' | 'keras' }): unknown =>
    resolveFans(axes, 'fan_in', shape, undefined);
  const experts = { fanIn: IN, fanOut: OUT };
  expect(fansOf([E, OUT, IN], { layout: 'torch', batch_axis: 0 })).toEqual(experts);
  expect(fansOf([E, IN, OUT], { layout: 'keras', batch_axis: 0 })).toEqual(experts);
  expect(fansOf([IN, OUT, E], { layout: 'keras', batch_axis: -1 })).toEqual(experts);
  expect(fansOf([E, IN, OUT], { layout: 'torch', batch_axis: 0, in_axis: 1, out_axis: 2 })).toEqual(experts);
  expect(fansOf([OUT, IN, 3, 3], { layout: 'torch', in_axis: [1, 2, 3] })).toEqual({
    fanIn: 9 * IN,
    fanOut: OUT,
  });
});

describe('given fans', () => {
  const torch = { layout: 'torch' } as const;

  test("take the place of the shape's, one by one", () => {
    expect(resolveFans({ ...torch, fan_in: 7 }, 'fan_in', [OUT, IN], undefined)).toEqual({
      fanIn: 7,
      fanOut: OUT,
    });
    expect(resolveFans({ ...torch, fan_out: 0.5 }, 'fan_avg', [OUT, IN], undefined)).toEqual({
      fanIn: IN,
      fanOut: 0.5,
    });
  });

  test('are enough for a shape that has none, if the mode needs no other', () => {
    expect(resolveFans({ ...torch, fan_in: 7 }, 'fan_in', [OUT], undefined)).toEqual({ fanIn: 7 });
    expect(resolveFans({ ...torch, fan_in: 7, fan_out: 3 }, 'fan_geo_avg', [], undefined)).toEqual({
      fanIn: 7,
      fanOut: 3,
    });
    expect(() => resolveFans({ ...torch, fan_in: 7 }, 'fan_avg', [OUT], 'b')).toThrow(/need at least 2/);
  });

  test.each([0, -1, NaN, Infinity, '7', null])('of %s are refused', (fan) => {
    const choice = { ...torch, fan_in: fan as number };
    expect(() => resolveFans(choice, 'fan_in', [OUT, IN], 'b')).toThrow(/fan_in must be a positive finite/);
  });
});

test.each<[FanAxes, readonly number[], RegExp]>([
  [{ in_axis: 2 }, [3, 4], /in_axis is 2\. The shape \[3, 4\] has the axes 0 to 1, or -2 to -1/],
  [{ in_axis: -3 }, [3, 4], /in_axis is -3/],
  [{ out_axis: 0.5 }, [3, 4], /out_axis is 0\.5/],
  [{ in_axis: [0, 5] }, [3, 4], /in_axis is \[0, ?5\]/],
  [{ in_axis: 0 }, [], /A scalar has no axes/],
  [{ in_axis: 1, out_axis: -1 }, [3, 4], /Axis 1 of \[3, 4\] is already an axis of in_axis/],
  [{ in_axis: [0, 0], out_axis: 1 }, [3, 4], /Axis 0 of \[3, 4\] is already an axis of in_axis/],
  [{ batch_axis: 0 }, [3, 4], /in_axis is missing\. Write its axis: the layout "torch" finds none/],
  [
    { batch_axis: 0, in_axis: 0, out_axis: 1 },
    [3, 4],
    /batch_axis is \[0\]\. Axis 0 .* already an axis of in/,
  ],
])('axes %j of a shape %j are refused', (axes, shape, reason) => {
  expect(() => resolveFans({ ...axes, layout: 'torch' }, 'fan_in', shape, 'w')).toThrow(reason);
});
