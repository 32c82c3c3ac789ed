/**
 * Binds torch's normal_, of 16 elements or more, and upstream's truncated normal to calls of SIMD code.
 * @module
 */
import { HALF_FORMATS, type HalfDtype } from '../../domain/arithmetic/half.js';
import { CANDIDATES } from '../../domain/torch/normal-layout.js';
import { BLOCK_REACH } from '../../domain/torch/reach.js';
import { isHalf, ROUND } from '../../domain/torch/rounding.js';
import type { TorchDtype } from '../../domain/torch/torch-draw.js';
import {
  boundTorch,
  inTiles,
  narrowingOf,
  thenNarrow,
  type BoundTorch,
  type FillTorch,
} from './bound-torch.js';
import { ASIDE_BYTES } from './torch-area.js';
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
  if (overflows(law, dtype, SINGLE_ROUNDING)) return undefined;
  return boundTorch(dtype, thenNarrow(fill, kernels.narrowing, dtype));
}

/** How much rounding may add to a value on its way to a half: once or twice as float32, or thrice as the half. */
const SINGLE_ROUNDING = 2 ** -20;
const HALF_ROUNDING = 2 ** -6;

/** Whether a value can be infinite as the half. */
const overflows = ({ mean, std }: Law, dtype: HalfDtype, rounding: number): boolean =>
  Math.abs(mean) + std * BLOCK_REACH > HALF_FORMATS[dtype].largest * (1 - rounding);

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

/** @returns  undefined for float64, whose normals are the C library's, and for halves that overflow */
export function bindTorchTruncatedNormal(
  kernels: Kernels,
  given: Law,
  dtype: TorchDtype,
): BoundTorch | undefined {
  if (dtype === 'float64') return undefined;
  const law: Law = { mean: ROUND[dtype](given.mean), std: Math.fround(given.std) };
  const fill = fillTruncated(kernels, law, dtype);
  const groupElements = GROUP_ELEMENTS / CANDIDATES;
  if (!isHalf(dtype)) return { elementBytes: 4, groupElements, fill };
  if (overflows(law, dtype, HALF_ROUNDING)) return undefined;
  const narrow = narrowingOf(kernels.narrowing, dtype);
  return {
    elementBytes: 2,
    groupElements,
    fill: (raw, dst, groups) => {
      fill(raw, dst, groups);
      // 16 values are of four groups, and there is room after the last of them.
      narrow(dst, Math.ceil(groups / CANDIDATES));
    },
  };
}

const TRUNCATIONS = {
  float32: 'torchTruncatedNormal',
  float16: 'torchTruncatedNormalFloat16',
  bfloat16: 'torchTruncatedNormalBfloat16',
} as const;

/** float32 numbers; halves are still to be narrowed. */
function fillTruncated(
  { 'torch-words': words, 'torch-normals': normals }: Kernels,
  { mean, std }: Law,
  dtype: keyof typeof TRUNCATIONS,
): FillTorch {
  const truncate = normals[TRUNCATIONS[dtype]];
  return (raw, dst, groups) => {
    const wordsAt = dst + ASIDE_BYTES;
    words.fillTempered(raw, wordsAt, groups);
    truncate(wordsAt, dst, groups, mean, std);
  };
}
