/** The lattice of a uniform_ has the values that a draw gives, at the words that the draw takes. */
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { elementsAt } from '../../../src/domain/tensors/dtypes.js';
import { HALF_FORMATS } from '../../../src/domain/arithmetic/half.js';
import { openWords } from '../../../src/domain/streams/mt19937-words.js';
import { fillTorchRange } from '../../../src/domain/torch/fill-torch-range.js';
import type { TorchDtype } from '../../../src/domain/torch/torch-draw.js';
import { uniformLattice } from '../../../src/domain/torch/uniform-lattice.js';
import { DTYPES } from '../../../src/domain/tensors/dtypes.js';

const N = 20_000;
const ROOT = [12];

function draw(dtype: TorchDtype, low: number, high: number): number[] {
  const out = elementsAt(dtype, new ArrayBuffer(N * DTYPES[dtype].byteWidth), 0, N);
  const kernel = { kind: 'torch_uniform', low, high } as const;
  fillTorchRange({ kind: 'torch', dtype, kernel, root: ROOT, firstWord: 0, elementCount: N }, 0, out);
  const fromBits = dtype === 'float16' || dtype === 'bfloat16' ? HALF_FORMATS[dtype].fromBits : undefined;
  return Array.from(out, (element) => (fromBits ? fromBits(element) : element));
}

/** The lattice points of the words. */
function pointsOf(dtype: TorchDtype): number[] {
  const words = new Uint32Array((dtype === 'float64' ? 2 : 1) * N);
  openWords(ROOT, 0).read(words);
  return Array.from({ length: N }, (_, i) =>
    dtype === 'float64'
      ? (at(words, 2 * i) & 0x1fffff) * 2 ** 32 + at(words, 2 * i + 1)
      : at(words, i) & 0xffffff,
  );
}

describe.each(['float32', 'float64', 'float16', 'bfloat16'] as const)('%s', (dtype) => {
  test.each([
    [-1, 1],
    [0, 1.003],
    [1.003, 1.02],
    [-0.05103, 0.05103],
    [3, 3],
    [1e-50, 2e-50],
  ])(
    'from %d to %d: every element is the value of its word, and those that reach high are low',
    (low, high) => {
      const { valueAt, wrapsAt, wrapped } = uniformLattice({ kind: 'torch_uniform', low, high }, dtype);
      const points = pointsOf(dtype);
      const expected = points.map((point) => (point < wrapsAt ? valueAt(point) : wrapped));
      expect(draw(dtype, low, high)).toEqual(expected);
    },
  );

  test('the upper half of the last step wraps: of eight bfloat16 a sixteenth of the points, of wider types hardly any', () => {
    const { points, wrapsAt } = uniformLattice({ kind: 'torch_uniform', low: 1, high: 1 + 2 ** -4 }, dtype);
    const places = { float32: 23, float64: 52, float16: 10, bfloat16: 7 };
    expect((points - wrapsAt) / points).toBeCloseTo(2 ** -(places[dtype] - 4) / 2, 5);
  });
});
