/**
 * Resolves a distribution to a kernel: parameters in the dtype's precision, or a refusal of what the dtype cannot hold.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { CODE_BITS, isCodeWidth, largestCode } from '../kernels/codes.js';
import {
  checkDistribution,
  isPoint,
  openBounds,
  refuseRange,
  type Distribution,
  type TruncatedNormal,
  type Uniform,
} from './distribution.js';
import { isNarrowDtype, type NarrowDtype } from '../arithmetic/narrow-floats.js';
import type { DoubleKernel, FloatKernel } from '../kernels/kernel.js';
import type { StreamKernel } from './resolved-draw.js';
import { ceilScaled, floorScaled } from '../arithmetic/float32.js';
import { boundedNormalParameters } from '../kernels/bounded-normal.js';
import { boundedNormal64Parameters } from '../kernels/bounded-normal64.js';
import { constantNarrowFloat, narrowFloatParameters } from '../kernels/narrow-float.js';
import { normalParameters } from '../kernels/normal.js';
import { normal64Parameters } from '../kernels/normal64.js';
import { TRUNCATION, truncatedNormalParameters } from '../kernels/truncated-normal.js';
import { truncatedNormal64Parameters } from '../kernels/truncated-normal64.js';
import { uniformParameters } from '../kernels/uniform.js';
import { uniform64Parameters } from '../kernels/uniform64.js';
import type { Narrowing } from '../kernels/narrowing.js';
import { badParameter } from '../../base/parameter-checks.js';
import { DTYPES, type Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { nameTensor, show } from '../../base/wording.js';

/** @throws {ValueError} BAD_RANGE: parameters that are invalid, or that the dtype cannot hold; BAD_DTYPE: not a constant for int8 */
export function resolveKernel(given: Distribution, form: TensorForm): StreamKernel {
  const distribution = openBounds(given);
  checkDistribution(distribution, form);
  return resolveChecked(
    isPoint(distribution) ? { kind: 'constant', value: distribution.mean } : distribution,
    form,
  );
}

function resolveChecked(distribution: Distribution, form: TensorForm): StreamKernel {
  switch (form.dtype) {
    case 'float32':
      return { kind: 'stream', kernel: resolveFloat(distribution, form) };
    case 'float64':
      return { kind: 'stream', kernel: resolveDouble(distribution, form) };
    case 'int8':
      return resolveInteger(distribution, form);
    default:
      return resolveNarrow(distribution, form);
  }
}

function resolveNarrow(distribution: Distribution, form: TensorForm): StreamKernel {
  const { dtype } = form;
  if (!isNarrowDtype(dtype)) throw refuseDtype(form);
  const kernel = resolveFloat(distribution, form);
  return { kind: 'stream', kernel, narrowing: narrowingTo(dtype, distribution, form) };
}

function refuseDtype({ dtype, name }: TensorForm): ValueError {
  const found = `${nameTensor(name)}: dtype is ${show(dtype)}.`;
  return new ValueError(
    'BAD_DTYPE',
    found,
    'No initialiser fills it: use float32, float64, float16, bfloat16, float8_e4m3fn, float8_e5m2 or int8.',
  );
}

function resolveFloat(distribution: Distribution, form: TensorForm): FloatKernel {
  switch (distribution.kind) {
    case 'constant':
      return { kind: 'constant', value: roundConstant(distribution.value, Math.fround, form) };
    case 'uniform':
      return resolveUniform(distribution, form);
    case 'normal':
      checkStd(distribution.std, form);
      return normalParameters(distribution.mean, distribution.std);
    case 'truncated_normal':
      checkStd(distribution.std, form);
      checkHoldsFloat(distribution, form);
      return resolveTruncated(distribution);
  }
}

/** The smallest normal float32 and float64: a lattice of closer points would lose precision. */
const LEAST_SPACING = 2 ** -126;
const LEAST_SPACING64 = 2 ** -1022;

/** At least one float32 must lie within the bounds. */
function checkHoldsFloat({ mean, std, low, high }: TruncatedNormal, form: TensorForm): void {
  if (std === 0 || low === -Infinity || high === Infinity) return;
  if (ceilScaled(mean, std, low) <= floorScaled(mean, std, high)) return;
  throw refuseRange({ mean, std }, form, `No float32 lies within mean + ${low} std and mean + ${high} std.`);
}

function resolveUniform({ low, high }: Uniform, form: TensorForm): FloatKernel {
  const kernel = uniformParameters(low, high);
  if (kernel.lowest > kernel.highest)
    throw refuseRange({ low, high }, form, `No float32 lies between them: widen the interval.`);
  if (kernel.spacing < LEAST_SPACING && low < high) throw tooNarrow({ low, high }, form);
  return kernel;
}

/** The default bounds, and infinite ones, have kernels of their own. */
function resolveTruncated({ mean, std, low, high }: TruncatedNormal): FloatKernel {
  if (low === -TRUNCATION && high === TRUNCATION) return truncatedNormalParameters(mean, std);
  if (low === -Infinity && high === Infinity) return normalParameters(mean, std);
  return boundedNormalParameters(mean, std, low, high);
}

function resolveDouble(distribution: Distribution, form: TensorForm): DoubleKernel {
  switch (distribution.kind) {
    case 'constant':
      return { kind: 'constant64', value: distribution.value + 0 };
    case 'uniform': {
      const { low, high } = distribution;
      const kernel = uniform64Parameters(low, high);
      if (kernel.spacing < LEAST_SPACING64 && low < high) throw tooNarrow({ low, high }, form);
      return kernel;
    }
    case 'normal':
      checkStd(distribution.std, form);
      return normal64Parameters(distribution.mean, distribution.std);
    case 'truncated_normal': {
      const { mean, std, low, high } = distribution;
      checkStd(std, form);
      if (low === -TRUNCATION && high === TRUNCATION) return truncatedNormal64Parameters(mean, std);
      if (low === -Infinity && high === Infinity) return normal64Parameters(mean, std);
      const kernel = boundedNormal64Parameters(mean, std, low, high);
      if (kernel.lowest > kernel.highest)
        throw refuseRange({ low, high }, form, 'No float64 lies between them: widen the interval.');
      if (high - low < LEAST_WIDTH64) throw tooNarrow({ low, high }, form);
      return kernel;
    }
  }
}

/** In standard deviations; narrower intervals have steps below the normal range. */
const LEAST_WIDTH64 = 2 ** -900;

function narrowingTo(dtype: NarrowDtype, distribution: Distribution, form: TensorForm): Narrowing {
  const [low, high] = boundsOf(distribution, dtype);
  if (distribution.kind === 'constant') {
    const constant = constantNarrowFloat(dtype, Math.fround(distribution.value));
    if (constant.lowest === 0 && distribution.value !== 0) throw tooSmallConstant(distribution.value, form);
    return { kind: 'float', ...constant };
  }
  const within = narrowFloatParameters(dtype, low, high);
  if (within.lowest > within.highest)
    throw refuseRange({ low, high }, form, `No ${dtype} lies between them: widen the interval.`);
  if (within.lowest === within.highest && low < high) throw tooNarrow({ low, high }, form);
  return { kind: 'float', ...within };
}

/** The closed interval of a distribution; without bounds, the dtype's whole range. */
function boundsOf(distribution: Distribution, dtype: Dtype): readonly [number, number] {
  const { largest } = DTYPES[dtype];
  switch (distribution.kind) {
    case 'constant':
      return [distribution.value, distribution.value];
    case 'uniform':
      return [distribution.low, distribution.high];
    case 'normal':
      return [-largest, largest];
    case 'truncated_normal': {
      const { mean, std, low, high } = distribution;
      return [
        low === -Infinity ? -largest : ceilScaled(mean, std, low),
        high === Infinity ? largest : floorScaled(mean, std, high),
      ];
    }
  }
}

/** int8 holds constants here; resolveCodes resolves random codes. */
function resolveInteger(distribution: Distribution, form: TensorForm): StreamKernel {
  const { dtype, name } = form;
  const largest = largestCode(CODE_BITS.most);
  if (distribution.kind !== 'constant') {
    const found = `${nameTensor(name)}: dtype is ${show(dtype)}.`;
    throw new ValueError(
      'BAD_DTYPE',
      found,
      'int8 holds constants, and the codes of wage and wage_variance_scaling with "codes": true.',
    );
  }
  const { value } = distribution;
  if (!Number.isInteger(value) || Math.abs(value) > largest) {
    throw badParameter(
      'BAD_RANGE',
      'value',
      value,
      name,
      `As int8 it is a whole number from -${largest} to ${largest}.`,
    );
  }
  const steps = 2 ** (CODE_BITS.most - 1);
  return {
    kind: 'stream',
    kernel: { kind: 'constant', value: (value + 0) / steps },
    narrowing: { kind: 'codes', bits: CODE_BITS.most },
  };
}

export interface ResolvedCodes extends StreamKernel {
  readonly kernel: FloatKernel;
}

/**
 * The codes of the distribution, drawn in float32.
 * @throws {ValueError} BAD_DTYPE: not int8; BAD_BITS; as resolveKernel
 */
export function resolveCodes(distribution: Distribution, bits: number, form: TensorForm): ResolvedCodes {
  const drawn: TensorForm = { ...form, dtype: 'float32' };
  checkDistribution(distribution, drawn);
  if (!isCodeWidth(bits)) {
    const remedy = `Codes have ${CODE_BITS.least} to ${CODE_BITS.most} bits.`;
    throw badParameter('BAD_BITS', 'bits', bits, form.name, remedy);
  }
  if (form.dtype !== 'int8') {
    const found = `${nameTensor(form.name)}: dtype is ${show(form.dtype)}.`;
    throw new ValueError('BAD_DTYPE', found, 'Codes are int8.');
  }
  return { kind: 'stream', kernel: resolveFloat(distribution, drawn), narrowing: { kind: 'codes', bits } };
}

function checkStd(std: number, { dtype, name }: TensorForm): void {
  if (std === 0 || std >= DTYPES[dtype].leastStd) return;
  throw badParameter(
    'BAD_RANGE',
    'std',
    std,
    name,
    `As a ${dtype} so small a std has no precision left: use constant.`,
  );
}

/** -0 becomes 0: JSON.stringify writes no -0, so the metadata could not hold it. */
function roundConstant(value: number, round: (value: number) => number, form: TensorForm): number {
  const rounded = round(value);
  if (rounded === 0 && value !== 0) throw tooSmallConstant(value, form);
  return rounded + 0;
}

const tooSmallConstant = (value: number, { dtype, name }: TensorForm): ValueError =>
  badParameter('BAD_RANGE', 'value', value, name, `So small a value is 0 as a ${dtype}: use zeros.`);

const tooNarrow = (parameters: Readonly<Record<string, number>>, form: TensorForm): ValueError =>
  refuseRange(
    parameters,
    form,
    `The interval is too narrow for the precision of a ${form.dtype}: use constant.`,
  );
