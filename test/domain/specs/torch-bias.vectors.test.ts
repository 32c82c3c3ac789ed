/** One rule draws the biases of torch's Linear and Conv within the bounds that torch itself passes to uniform_. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveModel } from '../../../src/domain/specs/spec.js';

interface TorchBias {
  readonly layer: string;
  readonly weight: readonly number[];
  readonly bias: readonly number[];
  readonly low: number;
  readonly high: number;
}

const { layers } = JSON.parse(readFileSync('test/vectors/torch_bias.json', 'utf8')) as {
  readonly layers: readonly TorchBias[];
};

const bound = (of: number): object => ({ of, by: { fan_of: '$1.weight' }, power: -0.5 });
const rules = [
  { match: '*.bias', init: { kind: 'uniform', low: bound(-1), high: bound(1) } },
  { match: '*', init: { kind: 'zeros' } },
];

test.each(layers)('$layer: $low to $high', ({ weight, bias, low, high }) => {
  const tensors = [
    { name: 'a.weight', shape: weight },
    { name: 'a.bias', shape: bias },
  ];
  const init = resolveModel({ rules, tensors }).tensors[1]?.recipe.init;
  expect(init).toEqual({ kind: 'uniform', low, high });
});
