import { expect, test } from 'vitest';
import { log1p } from '../../../src/domain/arithmetic/c-library/log1p.js';
import { resolveTorch } from '../../../src/domain/recipes/resolve-torch.js';
import { DTYPES } from '../../../src/domain/tensors/dtypes.js';
import { fillTorchRange } from '../../../src/domain/torch/fill-torch-range.js';
import { DOUBLE_REACH, isNormal } from '../../../src/domain/torch/reach.js';

test('the normal of the largest uniform number lies at the reach, and is one', () => {
  const radius = Math.sqrt(-2 * log1p(-(1 - 2 ** -53)));
  expect(radius).toBe(DOUBLE_REACH);
  expect([radius, -radius, 0].every(isNormal)).toBe(true);
  expect([radius + 2 ** -49, -9, NaN, Infinity, '0', null, undefined].some(isNormal)).toBe(false);
});

test.each(['float32', 'float64'] as const)(
  'a cached normal at the reach gives a %s, with the largest std that is accepted',
  (dtype) => {
    const std = (DTYPES[dtype].largest / DOUBLE_REACH) * (1 - 2 ** -52);
    const init = { kind: 'normal', mean: 0, std } as const;
    expect(() => resolveTorch({ distribution: init }, { dtype, shape: [1] }, init)).not.toThrow();
    for (const cachedNormal of [DOUBLE_REACH, -DOUBLE_REACH]) {
      const out = dtype === 'float32' ? new Float32Array(1) : new Float64Array(1);
      const kernel = { kind: 'torch_normal', mean: 0, std } as const;
      fillTorchRange(
        { kind: 'torch', dtype, kernel, root: [1], firstWord: 0, elementCount: 1, cachedNormal },
        0,
        out,
      );
      expect(Math.abs(out[0] ?? NaN) / DTYPES[dtype].largest).toBeCloseTo(1);
    }
  },
);
