/**
 * Resolves the kinds that draw whole numbers or one of two values: integers, bits, bernoulli, rademacher. Each gives the same values in
 * every dtype that holds them.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { badParameter, checkFinite, checkPositive } from '../../base/parameter-checks.js';
import { nameTensor, show } from '../../base/wording.js';
import { isNarrowDtype } from '../arithmetic/narrow-floats.js';
import { integersParameters } from '../kernels/integers.js';
import type { WholeKernel } from '../kernels/kernel.js';
import { constantNarrowFloat, narrowFloatParameters } from '../kernels/narrow-float.js';
import { WORDS, type TwoValuesParameters } from '../kernels/two-values.js';
import { DTYPES, isOf, type Dtype, type OpaqueDtype } from '../tensors/dtypes.js';
import { exactIntegers } from '../tensors/exact-integers.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { checkHeld } from './ranges.js';
import type { Init } from './init.js';
import { adviseInteger, readInteger } from './integer-parameter.js';
import { resolveConstant } from './resolve-constant.js';
import type { ResolvedConstant, StreamKernel } from './resolved-draw.js';

export const WHOLE_KINDS = ['integers', 'bits', 'bernoulli', 'rademacher'] as const;

export type WholeInit = Extract<Init, { kind: (typeof WHOLE_KINDS)[number] }>;

export const isWholeInit = (init: Init): init is WholeInit => WHOLE_KINDS.some((kind) => kind === init.kind);

type NumberDtype = Exclude<Dtype, OpaqueDtype>;
type NumberForm = TensorForm & { readonly dtype: NumberDtype };

/** @throws {ValueError} BAD_RANGE: parameters that are invalid, or that the dtype cannot hold; BAD_DTYPE: a dtype that has no such values */
export function resolveWhole(init: WholeInit, form: TensorForm): StreamKernel | ResolvedConstant {
  const { dtype, name } = form;
  if (isOf(dtype, 'opaque')) throw refuseDtype(form, `${init.kind} does not fill it; ones and zeros do.`);
  const numbers: NumberForm = { ...form, dtype, ...(name !== undefined && { name }) };
  switch (init.kind) {
    case 'integers':
      return resolveIntegers(init, numbers);
    case 'bits':
      return { kind: 'stream', kernel: bitsKernel(form) };
    case 'bernoulli':
      return resolveBernoulli(init.p, numbers);
    case 'rademacher':
      return resolveRademacher(init.scale, numbers);
  }
}

function refuseDtype({ dtype, name }: TensorForm, remedy: string): ValueError {
  return new ValueError('BAD_DTYPE', `${nameTensor(name)}: dtype is ${show(dtype)}.`, remedy);
}

/** A kernel, stored in the dtype; of a narrow float low and high are its own values. */
function stored(kernel: WholeKernel, dtype: Dtype, low: number, high: number): StreamKernel {
  if (!isNarrowDtype(dtype)) return { kind: 'stream', kernel };
  return { kind: 'stream', kernel, narrowing: { kind: 'float', ...narrowFloatParameters(dtype, low, high) } };
}

function resolveIntegers(init: Extract<Init, { kind: 'integers' }>, form: NumberForm): StreamKernel {
  const { dtype, name } = form;
  const low = checkInteger(init.low, 'low', name);
  const high = checkInteger(init.high, 'high', name);
  const { least, largest } = exactIntegers(dtype);
  const held = `As ${dtype} low is at least ${least}, and high, which is not drawn, at most ${largest + 1n}.`;
  if (low < least) throw badParameter('BAD_RANGE', 'low', init.low, name, held);
  if (high > largest + 1n) throw badParameter('BAD_RANGE', 'high', init.high, name, held);
  if (low >= high)
    throw badParameter(
      'BAD_RANGE',
      'high',
      init.high,
      name,
      `It is not drawn: it must be above low, ${low}.`,
    );
  return stored(integersParameters(low, high), dtype, Number(low), Number(high - 1n));
}

function checkInteger(value: unknown, parameter: string, name: string | undefined): bigint {
  const integer = readInteger(value);
  if (integer !== undefined) return integer;
  throw badParameter('BAD_RANGE', parameter, value, name, adviseInteger(value, parameter));
}

/** Half of all words. */
const EVEN_CHANCE = WORDS / 2;

function bitsKernel(form: TensorForm): WholeKernel {
  const { dtype } = form;
  if (isOf(dtype, 'boolean')) return { kind: 'two_values', threshold: EVEN_CHANCE, below: 0, other: 1 };
  if (isOf(dtype, 'integer')) return { kind: DTYPES[dtype].byteWidth === 8 ? 'bits64' : 'bits' };
  throw refuseDtype(
    form,
    'As floats, random bits are mostly huge, tiny or no number: draw uniform, or the bits of an integer of that width.',
  );
}

function resolveBernoulli(given: unknown, form: NumberForm): StreamKernel | ResolvedConstant {
  const p = checkFinite(given, 'p', form.name);
  const refuse = (remedy: string): ValueError => badParameter('BAD_RANGE', 'p', p, form.name, remedy);
  if (p < 0 || p > 1) throw refuse('p is a probability, from 0 to 1.');
  const threshold = Math.round(p * WORDS);
  if (p > 0 && threshold === 0) throw refuse('So small a p never happens in 2^32 words: use zeros.');
  if (p < 1 && threshold === WORDS) throw refuse('So large a p always happens in 2^32 words: use ones.');
  if (p === 0 || p === 1) return resolveConstant(p, form);
  return stored({ kind: 'two_values', threshold, below: 1, other: 0 }, form.dtype, 0, 1);
}

function resolveRademacher(given: unknown, form: NumberForm): StreamKernel {
  const { dtype, name } = form;
  const scale = checkPositive(given, 'scale', name);
  checkSigned(form);
  checkHeld(scale, 'scale', dtype, name);
  const refuse = (remedy: string): ValueError => badParameter('BAD_RANGE', 'scale', scale, name, remedy);
  if (isOf(dtype, 'integer') && !Number.isSafeInteger(scale))
    throw refuse(`As ${dtype} it is a whole number up to 2^53 - 1.`);
  const rounded = roundTo(dtype, scale);
  if (rounded === 0) throw refuse(`So small a value is 0 as a ${dtype}: use zeros.`);
  const kernel: TwoValuesParameters = {
    kind: 'two_values',
    threshold: EVEN_CHANCE,
    below: rounded,
    other: -rounded,
  };
  return stored(kernel, dtype, -rounded, rounded);
}

/** @throws {ValueError} BAD_DTYPE: no negative numbers */
function checkSigned(form: NumberForm): void {
  const { dtype } = form;
  if (!isOf(dtype, 'integer', 'boolean') || exactIntegers(dtype).least < 0n) return;
  throw refuseDtype(form, 'It has no negative numbers: use a signed dtype, or bernoulli for 0 and 1.');
}

function roundTo(dtype: NumberDtype, value: number): number {
  if (isNarrowDtype(dtype)) return constantNarrowFloat(dtype, value).highest;
  return dtype === 'float32' ? Math.fround(value) : value;
}
