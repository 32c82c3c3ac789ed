/**
 * Resolves a distribution to a kernel: parameters in the dtype's precision, or a refusal of what the dtype cannot hold.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { CODE_BITS, CODE_DTYPE, isCodeWidth } from '../kernels/codes.js';
import {
  checkDistribution,
  isPoint,
  openBounds,
  type Distribution,
  type Drawn,
  type TruncatedNormal,
  type Uniform,
} from './distribution.js';
import { isNarrowDtype, valueOfRank, type NarrowDtype } from '../arithmetic/narrow-floats.js';
import { boundsOfInverted, inversion64Parameters, inversionParameters } from './inverted-laws.js';
import { boundsOfMapped, checkMapped, mapWithin, valueOfMapped } from './mapped-values.js';
import { refuseRange } from './ranges.js';
import type { DoubleKernel, FloatKernel } from '../kernels/kernel.js';
import { resolveConstant } from './resolve-constant.js';
import type { ResolvedConstant, StreamKernel } from './resolved-draw.js';
import { ceilFloat32, ceilScaled, floorFloat32, floorScaled } from '../arithmetic/float32.js';
import { boundedNormalParameters } from '../kernels/bounded-normal.js';
import { boundedNormal64Parameters } from '../kernels/bounded-normal64.js';
import {
  narrowFloatParameters,
  nearestFloatParameters,
  type NarrowFloatParameters,
} from '../kernels/narrow-float.js';
import { normalParameters } from '../kernels/normal.js';
import { normal64Parameters } from '../kernels/normal64.js';
import { TRUNCATION, truncatedNormalParameters } from '../kernels/truncated-normal.js';
import { truncatedNormal64Parameters } from '../kernels/truncated-normal64.js';
import { uniformParameters } from '../kernels/uniform.js';
import { uniform64Parameters } from '../kernels/uniform64.js';
import type { Narrowing } from '../kernels/narrowing.js';
import { badParameter } from '../../base/parameter-checks.js';
import { DTYPES, type Category, type Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { nameTensor, show } from '../../base/wording.js';
import { formatShare } from '../../text/numbers.js';
import { zeroShareOf } from './zero-share.js';

/**
 * @throws {ValueError} BAD_RANGE: parameters that are invalid, or that the dtype cannot hold; BAD_DTYPE: not a constant, for a dtype that
 *   holds nothing drawn
 */
export function resolveKernel(given: Distribution, form: TensorForm): StreamKernel | ResolvedConstant {
  const distribution = openBounds(given);
  if (distribution.kind === 'constant') return resolveConstant(distribution.value, form);
  if (!isPoint(distribution)) checkDrawn(form);
  checkDistribution(distribution, form);
  const value = valueOf(distribution, form);
  return value === undefined ? resolveDrawn(distribution, form) : resolveConstant(value, form);
}

/** The one value of a distribution without width: what is drawn is then a constant. */
function valueOf(distribution: Drawn, form: TensorForm): number | undefined {
  if (isPoint(distribution)) return distribution.mean;
  if (distribution.kind !== 'mapped') return undefined;
  checkMapped(distribution, form);
  return valueOfMapped(distribution, form.dtype);
}

function resolveDrawn(distribution: Drawn, form: TensorForm): StreamKernel {
  const { dtype } = form;
  if (dtype === 'float64') return { kind: 'stream', kernel: resolveDouble(distribution, form) };
  const kernel = resolveFloat(distribution, form);
  return isNarrowDtype(dtype)
    ? { kind: 'stream', kernel, narrowing: narrowingTo(dtype, distribution, form) }
    : { kind: 'stream', kernel };
}

/** What may be drawn as each category of dtypes; undefined for all. */
const HOLDS: Readonly<Record<Category, string | undefined>> = {
  float: undefined,
  half: undefined,
  float8: undefined,
  integer: 'whole numbers: integers, bits, bernoulli, rademacher, constants and patterns',
  boolean: '0 and 1: integers, bits, bernoulli, constants and patterns',
  opaque: 'one constant: nothing is drawn in it',
};

function checkDrawn({ dtype, name }: TensorForm): void {
  const holds = HOLDS[DTYPES[dtype].category];
  if (holds === undefined) return;
  const found = `${nameTensor(name)}: dtype is ${show(dtype)}.`;
  const remedy =
    dtype === CODE_DTYPE
      ? `int8 holds ${holds}, and the codes of wage and wage_variance_scaling with "codes": true.`
      : `${dtype} holds ${holds}.`;
  throw new ValueError('BAD_DTYPE', found, remedy);
}

function resolveFloat(distribution: Drawn, form: TensorForm): FloatKernel {
  switch (distribution.kind) {
    case 'uniform':
      return resolveUniform(distribution, form);
    case 'normal':
      checkStd(distribution.std, form);
      return normalParameters(distribution.mean, distribution.std);
    case 'truncated_normal':
      checkStd(distribution.std, form);
      checkHoldsFloat(distribution, form);
      return resolveTruncated(distribution);
    case 'mapped': {
      const of = resolveFloat(distribution.of, { ...form, dtype: 'float32' });
      return { kind: 'mapped', of, ...mapWithin(distribution, form, 'float32') };
    }
    default:
      return inversionParameters(distribution, form);
  }
}

/** The smallest normal float32 and float64: a lattice of closer points would lose precision. */
const LEAST_SPACING = 2 ** -126;
const LEAST_SPACING64 = 2 ** -1022;

/** At least one float32 must lie within the bounds. */
function checkHoldsFloat(distribution: TruncatedNormal, form: TensorForm): void {
  const { mean, std, low, high, within } = distribution;
  if (std === 0 || low === -Infinity || high === Infinity) return;
  const { lowest, highest } = floatBounds(distribution);
  if (lowest <= highest) return;
  if (within) {
    const [a, b] = within;
    throw refuseRange({ a, b }, form, 'No float32 lies between them: widen the interval.');
  }
  throw refuseRange({ mean, std }, form, `No float32 lies within mean + ${low} std and mean + ${high} std.`);
}

/** The outermost float32 within finite bounds. */
const floatBounds = ({
  mean,
  std,
  low,
  high,
  within,
}: TruncatedNormal): Readonly<Record<'lowest' | 'highest', number>> =>
  within
    ? { lowest: ceilFloat32(within[0]) + 0, highest: floorFloat32(within[1]) + 0 }
    : { lowest: ceilScaled(mean, std, low), highest: floorScaled(mean, std, high) };

function resolveUniform({ low, high }: Uniform, form: TensorForm): FloatKernel {
  const kernel = uniformParameters(low, high);
  if (kernel.lowest > kernel.highest)
    throw refuseRange({ low, high }, form, `No float32 lies between them: widen the interval.`);
  if (kernel.spacing < LEAST_SPACING && low < high) throw tooNarrow({ low, high }, form);
  return kernel;
}

/** The default bounds, and infinite ones, have kernels of their own; bounds that are values have that of any bounds. */
function resolveTruncated(distribution: TruncatedNormal): FloatKernel {
  const { mean, std, low, high, within } = distribution;
  if (low === -Infinity && high === Infinity) return normalParameters(mean, std);
  if (within) return { ...boundedNormalParameters(mean, std, low, high), ...floatBounds(distribution) };
  if (low === -TRUNCATION && high === TRUNCATION) return truncatedNormalParameters(mean, std);
  return boundedNormalParameters(mean, std, low, high);
}

function resolveDouble(distribution: Drawn, form: TensorForm): DoubleKernel {
  switch (distribution.kind) {
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
      const { mean, std, low, high, within } = distribution;
      checkStd(std, form);
      if (low === -Infinity && high === Infinity) return normal64Parameters(mean, std);
      if (low === -TRUNCATION && high === TRUNCATION && !within)
        return truncatedNormal64Parameters(mean, std);
      const bounds = within && { lowest: within[0] + 0, highest: within[1] + 0 };
      const kernel = { ...boundedNormal64Parameters(mean, std, low, high), ...bounds };
      if (kernel.lowest > kernel.highest)
        throw refuseRange({ low, high }, form, 'No float64 lies between them: widen the interval.');
      if (high - low < LEAST_WIDTH64) throw tooNarrow({ low, high }, form);
      return kernel;
    }
    case 'mapped':
      return {
        kind: 'mapped64',
        of: resolveDouble(distribution.of, form),
        ...mapWithin(distribution, form, 'float64'),
      };
    default:
      return inversion64Parameters(distribution);
  }
}

/** In standard deviations; narrower intervals have steps below the normal range. */
const LEAST_WIDTH64 = 2 ** -900;

function narrowingTo(dtype: NarrowDtype, distribution: Drawn, form: TensorForm): Narrowing {
  const [low, high] = boundsOf(distribution, dtype);
  const within = boundsIn(dtype, low, high);
  if (within.lowest > within.highest)
    throw refuseRange({ low, high }, form, `No ${dtype} lies between them: widen the interval.`);
  if (within.lowest === within.highest && low < high)
    throw holdsOne(within, distribution, form, { low, high });
  return { kind: 'float', ...within };
}

/** The ends rounded inward; to nearest where an 8-bit float has one value or none within them, but two for what is rounded. */
function boundsIn(dtype: NarrowDtype, low: number, high: number): NarrowFloatParameters {
  const inward = narrowFloatParameters(dtype, low, high);
  if (inward.lowest < inward.highest || DTYPES[dtype].category !== 'float8') return inward;
  const nearest = nearestFloatParameters(dtype, low, high);
  return nearest.lowest < nearest.highest ? nearest : inward;
}

/** The refusal of an interval with a single value. */
function holdsOne(
  { dtype, lowest }: NarrowFloatParameters,
  distribution: Drawn,
  form: TensorForm,
  interval: Readonly<Record<'low' | 'high', number>>,
): ValueError {
  if (lowest !== 0) return tooNarrow(interval, form);
  const zeros = zeroShareOf(distribution, dtype);
  const cast =
    zeros < 1
      ? ` (a cast would make ${formatShare(zeros, 3)} of the values 0 and take the others out of it)`
      : '';
  const remedy = `Use zeros, or bounds of ±${valueOfRank(1, dtype)} or more.`;
  return refuseRange(interval, form, `0 is the only ${dtype} in the interval${cast}. ${remedy}`);
}

/** The closed interval of a distribution; without bounds, the dtype's whole range. */
function boundsOf(distribution: Drawn, dtype: Dtype): readonly [number, number] {
  const { largest } = DTYPES[dtype];
  switch (distribution.kind) {
    case 'uniform':
      return [distribution.low, distribution.high];
    case 'normal':
      return [-largest, largest];
    case 'truncated_normal': {
      const { mean, std, low, high, within } = distribution;
      if (within) return [Math.max(within[0], -largest), Math.min(within[1], largest)];
      return [
        low === -Infinity ? -largest : ceilScaled(mean, std, low),
        high === Infinity ? largest : floorScaled(mean, std, high),
      ];
    }
    case 'mapped':
      return boundsOfMapped(distribution, dtype);
    default:
      return boundsOfInverted(distribution, dtype);
  }
}

export interface ResolvedCodes extends StreamKernel {
  readonly kernel: FloatKernel;
}

/**
 * The codes of the distribution, drawn in float32.
 * @throws {ValueError} BAD_DTYPE: not int8; BAD_BITS; as resolveKernel
 */
export function resolveCodes(
  distribution: Distribution,
  bits: number,
  form: TensorForm,
): ResolvedCodes | ResolvedConstant {
  const drawn: TensorForm = { ...form, dtype: 'float32' };
  if (distribution.kind !== 'constant') checkDistribution(distribution, drawn);
  if (!isCodeWidth(bits)) {
    const remedy = `Codes have ${CODE_BITS.least} to ${CODE_BITS.most} bits.`;
    throw badParameter('BAD_BITS', 'bits', bits, form.name, remedy);
  }
  if (form.dtype !== 'int8') {
    const found = `${nameTensor(form.name)}: dtype is ${show(form.dtype)}.`;
    throw new ValueError('BAD_DTYPE', found, 'Codes are int8.');
  }
  if (distribution.kind === 'constant') return resolveConstant(distribution.value, form);
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

const tooNarrow = (parameters: Readonly<Record<string, number>>, form: TensorForm): ValueError =>
  refuseRange(
    parameters,
    form,
    `The interval is too narrow for the precision of a ${form.dtype}: use constant.`,
  );
