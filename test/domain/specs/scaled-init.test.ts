/** Numbers scaled by depth or width, and fans of other tensors, in a spec: the doubles that the sources' own code computes. */
import { describe, expect, test } from 'vitest';
import { resolveModel } from '../../../src/domain/specs/spec.js';

interface Extra {
  readonly name?: string;
  readonly shape?: readonly number[];
  readonly match?: string;
  readonly others?: readonly object[];
}

/** The initialiser of a tensor that takes it from a rule, as it is recorded. */
function initOf(
  init: object,
  { name = 'layers.3.wo', shape = [64, 48], match = '*', others = [] }: Extra = {},
): object {
  const spec = {
    default: { init: { kind: 'zeros' } },
    rules: [{ match, init }],
    tensors: [{ name, shape }, ...others],
  };
  return resolveModel(spec).tensors[0]?.recipe.init ?? expect.fail('no tensor');
}

const normal = (std: object): object => ({ kind: 'normal', std });
const LAYER = { match: 're:layers\\.(\\d+)\\..*' };

test.each<[string, object, Extra, number]>([
  ['GPT-2', { of: 0.02, by: 24, power: -0.5 }, {}, 0.02 / Math.sqrt(24)],
  [
    'torchtitan',
    { of: 0.02, by: { capture: 1, plus: 1, times: 2 }, power: -0.5 },
    LAYER,
    0.02 / Math.sqrt(2 * 4),
  ],
  [
    'a glob',
    { of: 0.02, by: { capture: 1, plus: 1, times: 2 }, power: -0.5 },
    { match: 'layers.*.wo' },
    0.02 / Math.sqrt(8),
  ],
  ['DeepNorm', { of: 1, by: 96, power: -0.25 }, {}, 1 / Math.sqrt(Math.sqrt(96))],
  ['muP', { of: 1, by: { dim: 1 }, power: -1 }, {}, 1 / 48],
  ['small init', { of: 1, by: { dim: -1, times: 2.5 }, power: -0.5 }, {}, 1 / Math.sqrt(120)],
  // Huang et al. 2020, section 3.2: N encoder and N decoder layers, https://proceedings.mlr.press/v119/huang20f.html
  ['T-Fixup, encoder', { of: 0.67, by: 6, power: -0.25 }, {}, 0.67 / Math.sqrt(Math.sqrt(6))],
  ['T-Fixup, decoder', { of: 1, by: 54, power: -0.25 }, {}, 1 / Math.sqrt(Math.sqrt(9 * 6))],
  [
    "torchvision's ViT: patches of 16 x 16 pixels",
    { of: 1, by: { fan_of: '$0' }, power: -0.5 },
    { name: 'conv_proj.weight', shape: [768, 3, 16, 16] },
    1 / Math.sqrt(3 * 16 * 16),
  ],
  [
    'its own fan-in',
    { of: 1, by: { fan_of: '$0' }, power: -0.5 },
    { shape: [8, 3, 16, 16] },
    1 / Math.sqrt(768),
  ],
  [
    'width and depth',
    { of: { of: 1, by: { dim: 1 }, power: -0.5 }, by: { capture: 1, plus: 1, times: 2 }, power: -0.5 },
    LAYER,
    1 / Math.sqrt(48) / Math.sqrt(8),
  ],
])('%s is a plain double', (_, std, extra, expected) => {
  expect(initOf(normal(std), extra)).toEqual({ kind: 'normal', mean: 0, std: expected });
});

test("torch's Linear and Conv draw their bias within 1 / sqrt(fan_in) of the weight, which math.sqrt gives", () => {
  const bound = (of: number): object => ({ of, by: { fan_of: '$1.weight' }, power: -0.5 });
  const init = { kind: 'uniform', low: bound(-1), high: bound(1) };
  for (const [shape, fanIn] of [
    [[10, 400], 400],
    [[16, 3, 3, 3], 27],
  ] as const) {
    const others = [{ name: 'a.weight', shape }];
    const found = initOf(init, { name: 'a.bias', shape: [shape[0]], match: '*.bias', others });
    expect(found).toEqual({ kind: 'uniform', low: -1 / Math.sqrt(fanIn), high: 1 / Math.sqrt(fanIn) });
  }
});

test("timm's ViT: MAE's patches are one Xavier matrix of [out, 3 * 16 * 16], JAX's have a LeCun normal", () => {
  const spec = (init: object): unknown => ({ tensors: [{ name: 'w', shape: [768, 3, 16, 16], init }] });
  const factsOf = (init: object): unknown => resolveModel(spec(init)).tensors[0]?.recipe.facts;
  const matrix = { kind: 'xavier_uniform', in_axis: [1, 2, 3], out_axis: 0 };
  expect(factsOf(matrix)).toMatchObject({ limit: expect.closeTo(Math.sqrt(6 / (768 + 768)), 6) as number });
  expect(factsOf({ ...matrix, kind: 'lecun_normal' })).toMatchObject({ fanIn: 768 });
});

test('a scheme takes the fans of another tensor, by its own axes', () => {
  const others = [{ name: 'experts', shape: [4, 32, 64] }];
  const found = initOf({ kind: 'he_normal', fan_of: 'experts', batch_axis: 0 }, { shape: [64], others });
  expect(found).toMatchObject({ kind: 'he_normal', fan_in: 32, fan_out: 64 });
  expect(found).not.toHaveProperty('batch_axis');
});

test('a constant is scaled too', () => {
  const value = { of: 3, by: { dim: 0 }, power: 2 };
  expect(initOf({ kind: 'constant', value })).toEqual({ kind: 'constant', value: 3 * 64 ** 2 });
});

test('rows scale by the shape of the rows', () => {
  const rows = [{ from: 2, to: 5, init: normal({ of: 1, by: { dim: 0 }, power: 1 }) }];
  expect(initOf({ kind: 'zeros', rows })).toMatchObject({ rows: [{ init: { std: 3 } }] });
});

test('an initialiser of rows takes what the pattern captures, and the shape of another tensor', () => {
  const std = { of: 0.02, by: { capture: 1, plus: 1, times: 2 }, power: -0.5 };
  const high = { of: 1, by: { fan_of: '$0' }, power: -0.5 };
  const rows = [
    { from: 0, to: 8, init: normal(std) },
    { from: 8, to: 9, init: { kind: 'uniform', low: -1, high } },
    { from: 9, to: 10, init: { kind: 'constant', value: { of: 3, by: { dim: -1 }, power: 1 } } },
  ];
  expect(initOf({ kind: 'zeros', rows }, LAYER)).toMatchObject({
    rows: [
      { init: { kind: 'normal', std: 0.02 / Math.sqrt(8) } },
      { init: { kind: 'uniform', low: -1, high: 1 / Math.sqrt(48) } },
      { init: { kind: 'constant', value: 144 } },
    ],
  });
});

test('what is wrong with a scaled number of rows is said as for any other', () => {
  const rows = (std: object): object => ({
    kind: 'zeros',
    rows: [{ from: 0, to: 8, init: normal({ of: 1, ...std }) }],
  });
  expect(() => initOf(rows({ by: { dim: 2 }, power: 1 }))).toThrow(/dim is 2, and the shape is \[8,48\]/);
  expect(() => initOf(rows({ by: { capture: 1 }, power: 1 }), { match: 're:layers.*' })).toThrow(/capture/);
  expect(() => initOf(rows({ by: 2, power: 1 / 3 }))).toThrow(/multiple of 1\/16/);
});

describe('a scaled number is refused', () => {
  const std = (value: object): object => normal({ of: 0.02, by: 24, power: -0.5, ...value });
  test.each<[object, RegExp]>([
    [std({ powr: 1 }), /^rules\[0\]\.init\.std\.powr is 1\. Did you mean "power"/],
    [std({ power: 1 / 3 }), /^rules\[0\]\.init\.std\.power is 0\.3333.*multiple of 1\/16/],
    [std({ of: 'x' }), /^rules\[0\]\.init\.std\.of is "x"/],
    [std({ by: -1 }), /^rules\[0\]\.init\.std\.by is -1\. Scale by a number, a dimension/],
    [std({ by: { dim: 1, capture: 1 } }), /std\.by is \{/],
    [std({ by: { dim: 1, plus: null } }), /std\.by\.plus is null/],
    [std({ by: { dim: 2 } }), /std\.by\.dim is 2, and the shape is \[64,48\]/],
    [std({ by: { capture: 0 } }), /std\.by\.capture is 0/],
    [std({ by: { capture: 2 } }), /std\.by\.capture: .* captures no group 2/],
    [std({ by: { capture: 1 } }), /captures "layers\.3\.wo"\. Capture a whole number/],
    [std({ by: { fan_of: 'none' } }), /std\.by\.fan_of: The spec has no tensor "none"/],
    [std({ by: 0 }), /std is 0\.02 \* 0\^-0\.5\. Scale by a number above 0/],
    [normal({ of: 1, by: 2 }), /std\.power is missing/],
    [{ kind: 'normal', std: [1] }, /std is \[1\]\. Expected a number/],
    [{ kind: 'wage', bits: { of: 2, by: 1, power: 1 } }, /bits is \{/],
    [{ kind: 'he_normal', fan_of: '$0', fan_in: 3 }, /fan_of gives both fans/],
  ])('%j', (init, reason) => {
    expect(() => initOf(init)).toThrow(reason);
  });
});
