/**
 * Recipes: what to draw, as a person writes it (`Init`), and what it becomes for a given shape (`Recipe`): a kernel with
 * its parameters and the figures a user is told.
 * @module
 */
import { ValueError } from '../errors.js';
import type { Kernel } from './kernel.js';
import { TRUNCATION, truncatedNormalParameters } from './kernels/truncated-normal.js';
import { uniformParameters } from './kernels/uniform.js';
import { DTYPES, nameTensor, type Dtype } from './tensor.js';
import { checkWageMode, wageLimits, type WageMode } from './wage.js';
import { show } from './words.js';

/** Below it float32 loses bits: a lattice or a std there would not be what was asked for. */
const SMALLEST_NORMAL = 2 ** -126;

/** An initialiser with all its parameters. */
export type Init =
  | { readonly kind: 'wage'; readonly bits: number; readonly factor: number; readonly mode: WageMode }
  | { readonly kind: 'truncated_normal'; readonly mean: number; readonly std: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number };

/** Parameters that may be left out, and what they are then. Upstream's defaults. */
export const INIT_DEFAULTS = {
  wage: { factor: 2, mode: 'fan_in' },
  truncated_normal: { mean: 0, std: 1 },
} as const;

/** What a user is told of a filled tensor beside its bytes. */
export interface Facts {
  readonly fanIn?: number;
  /** No element lies further from 0: WAGE's limit, as a double. */
  readonly limit?: number;
  readonly weightScale?: number;
}

export interface Recipe {
  readonly init: Init;
  readonly kernel: Kernel;
  readonly facts: Facts;
}

export interface TensorForm {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly name?: string | undefined;
}

/**
 * Checks every parameter against shape and dtype.
 * @throws {NotImplementedError} a WAGE mode other than fan_in, before anything else
 * @throws {ValueError} BAD_SHAPE, BAD_BITS, BAD_FACTOR, BAD_LIMIT, BAD_RANGE
 */
export function resolveRecipe(init: Init, form: TensorForm): Recipe {
  switch (init.kind) {
    case 'wage':
      return resolveWage(init, form);
    case 'truncated_normal':
      return { init, kernel: resolveTruncatedNormal(init, form), facts: {} };
    case 'uniform':
      return { init, kernel: resolveUniform(init.low, init.high, form), facts: {} };
    case 'zeros':
      return { init, kernel: resolveConstant(0, form), facts: {} };
    case 'ones':
      return { init, kernel: resolveConstant(1, form), facts: {} };
    case 'constant':
      return { init, kernel: resolveConstant(init.value, form), facts: {} };
  }
}

function resolveWage(init: Extract<Init, { kind: 'wage' }>, form: TensorForm): Recipe {
  checkWageMode(init.mode, form.name);
  const { fanIn, limit, weightScale } = wageLimits(form.shape, init.bits, init.factor, form.name);
  if (fanIn === 0) return { init, kernel: resolveConstant(0, form), facts: { fanIn, weightScale } };
  if (limit > DTYPES[form.dtype].largest) {
    const found = `${nameTensor(form.name)}: the limit is ${limit}, more than a ${form.dtype} can hold.`;
    throw new ValueError('BAD_LIMIT', found, 'Choose a smaller factor.');
  }
  return { init, kernel: resolveUniform(-limit, limit, form), facts: { fanIn, limit, weightScale } };
}

function resolveUniform(low: number, high: number, form: TensorForm): Kernel {
  checkNumber(low, 'low', form);
  checkNumber(high, 'high', form);
  const found = `${nameTensor(form.name)}: low is ${low} and high is ${high}.`;
  if (low > high) throw new ValueError('BAD_RANGE', found, 'low must not be above high.');
  const kernel = uniformParameters(low, high);
  if (kernel.lowest > kernel.highest) {
    throw new ValueError('BAD_RANGE', found, `No ${form.dtype} lies between them: widen the interval.`);
  }
  if (kernel.spacing < SMALLEST_NORMAL && low < high) {
    throw new ValueError(
      'BAD_RANGE',
      found,
      `The interval is too narrow for the precision of a ${form.dtype}: use constant.`,
    );
  }
  return kernel;
}

function resolveTruncatedNormal({ mean, std }: { mean: number; std: number }, form: TensorForm): Kernel {
  checkNumber(mean, 'mean', form);
  checkNumber(std, 'std', form);
  const found = `${nameTensor(form.name)}: mean is ${mean} and std is ${std}.`;
  if (std < 0) throw new ValueError('BAD_RANGE', found, 'std must not be negative.');
  if (Math.abs(mean) + TRUNCATION * std > DTYPES[form.dtype].largest) {
    throw new ValueError(
      'BAD_RANGE',
      found,
      `mean +- ${TRUNCATION} std is more than a ${form.dtype} can hold.`,
    );
  }
  const kernel = truncatedNormalParameters(mean, std);
  if (kernel.std < SMALLEST_NORMAL && std > 0) {
    throw new ValueError(
      'BAD_RANGE',
      found,
      `So small a std has no precision left as a ${form.dtype}: use constant.`,
    );
  }
  return kernel;
}

function resolveConstant(value: number, form: TensorForm): Kernel {
  const rounded = Math.fround(checkNumber(value, 'value', form));
  if (rounded === 0 && value !== 0) {
    const found = `${nameTensor(form.name)}: value is ${value}.`;
    throw new ValueError('BAD_RANGE', found, `So small a value is 0 as a ${form.dtype}: use zeros.`);
  }
  // JSON has no -0, so metadata could not tell it from 0: 0 is what is written.
  return { kind: 'constant', value: rounded + 0 };
}

function checkNumber(value: number, parameter: string, { dtype, name }: TensorForm): number {
  const found = `${nameTensor(name)}: ${parameter} is ${show(value)}.`;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ValueError('BAD_RANGE', found, `${parameter} is a finite number.`);
  }
  if (Math.abs(value) > DTYPES[dtype].largest) {
    throw new ValueError('BAD_RANGE', found, `A ${dtype} holds at most ${DTYPES[dtype].largest}.`);
  }
  return value;
}
