/**
 * Binds torch's normal_, of 16 elements or more, and upstream's truncated normal to calls of SIMD code.
 * @module
 */
import { HALF_FORMATS } from '../../domain/arithmetic/half.js';
import { CANDIDATES } from '../../domain/torch/normal-layout.js';
import { BLOCK_REACH } from '../../domain/torch/reach.js';
import { isHalf } from '../../domain/torch/rounding.js';
import type { TorchDtype } from '../../domain/torch/torch-draw.js';
import {
  ASIDE_BYTES,
  boundTorch,
  inTiles,
  thenNarrow,
  type BoundTorch,
  type FillTorch,
} from './bound-torch.js';
import { GROUP_ELEMENTS } from './groups.js';
import type { Kernels } from './kernels.js';

interface Law {
  readonly mean: number;
  readonly std: number;
}

/** @returns  undefined for float64, whose normals are the C library's, and for halves that overflow */
export function bindTorchNormal(kernels: Kernels, given: Law, dtype: TorchDtype): BoundTorch | undefined {
  if (dtype === 'float64') return undefined;
  const law: Law = { mean: Math.fround(given.mean), std: Math.fround(given.std) };
  const fill = fillNormal(kernels, law);
  if (!isHalf(dtype)) return boundTorch(dtype, fill);
  // A value is rounded twice on its way.
  const reach = Math.abs(law.mean) + law.std * BLOCK_REACH;
  if (reach > HALF_FORMATS[dtype].largest * (1 - 2 ** -20)) return undefined;
  return boundTorch(dtype, thenNarrow(fill, kernels.narrowing, dtype));
}

const fillNormal = (
  { 'torch-words': words, 'torch-normals': normals }: Kernels,
  { mean, std }: Law,
): FillTorch =>
  inTiles(
    (raw, dst, groups) => {
      words.fillTempered(raw, dst, groups);
    },
    (at, groups) => {
      normals.torchNormal(at, at, groups, mean, std);
    },
  );

export function bindTorchTruncatedNormal(
  { 'torch-words': words, 'torch-normals': normals }: Kernels,
  given: Law,
  dtype: TorchDtype,
): BoundTorch | undefined {
  if (dtype !== 'float32') return undefined;
  const [mean, std] = [Math.fround(given.mean), Math.fround(given.std)];
  return {
    elementBytes: 4,
    groupElements: GROUP_ELEMENTS / CANDIDATES,
    fill: (raw, dst, groups) => {
      const wordsAt = dst + ASIDE_BYTES;
      words.fillTempered(raw, wordsAt, groups);
      normals.torchTruncatedNormal(wordsAt, dst, groups, mean, std);
    },
  };
}
