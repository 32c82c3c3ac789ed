/**
 * WAGE's weight scale and limits, to the last bit of upstream's doubles.
 *
 * Source: Wu, Li, Chen, Shi, "Training and Inference with Integers in Deep Neural Networks", ICLR 2018,
 * https://arxiv.org/abs/1802.04680, section 3.3; upstream file xbtorch src/xbtorch/quant/wage_init.py at 57b119d.
 * @module
 */
import { NotImplementedError, ValueError } from '../../base/errors.js';
import { WAGE_MODES, type WageMode, type WageVarianceScaling } from './init.js';
import { checkOneOf, checkPositive } from '../../base/parameter-checks.js';
import { resolveFans, type ChosenFans } from './chosen-fans.js';
import { chooseFan, FAN_MODES, LAYOUTS } from './fans.js';
import { roundHalfEven } from '../arithmetic/rounding.js';
import { checkDimensions, countElements } from '../tensors/shapes.js';
import { checkName } from '../tensors/names.js';
import { nameTensor, show } from '../../base/wording.js';

export interface ScaledLimit {
  /** Half the width of the uniform distribution: max(Wm, limit). */
  readonly limit: number;
  /** A power of two from 1 on: the stored weights divided by it are the layer's weights. */
  readonly weightScale: number;
}

export interface WageLimits extends ScaledLimit {
  /** Inputs to one output: size(1) times the product of the dimensions after it. */
  readonly fanIn: number;
  /** sqrt(3 * factor / fanIn): the limit before the grid widens it. */
  readonly floatLimit: number;
}

/** @throws {ValueError} BAD_BITS: not a whole number from 1 to 1024 */
export function checkBits(bitsW: unknown, where: string): number {
  if (typeof bitsW === 'number' && Number.isInteger(bitsW) && bitsW >= 1 && bitsW <= 1024) return bitsW;
  const found = `${where}: the bit width is ${bitsW === undefined ? 'missing' : show(bitsW)}.`;
  const noWidth =
    bitsW === -1 ? `Upstream's -1 for "no quantization" is not a width: use uniform instead. ` : '';
  throw new ValueError('BAD_BITS', found, `${noWidth}A bit width is a whole number from 1 to 1024.`, {
    parameter: 'bits',
  });
}

/**
 * The scale that makes weights within `limit` fill the grid of `bitsW` bits, and the limit to draw with.
 * Wm = 1.5 / 2^(bitsW - 1); weightScale = max(2^roundHalfEven(log2(Wm / limit)), 1); limit = max(Wm, limit).
 * @throws {ValueError} BAD_BITS; BAD_LIMIT: not positive and finite, or so small that the scale overflows
 */
export function scaleLimitOf(limit: number, bitsW: number, where = 'scaleLimit'): ScaledLimit {
  const widest = 1.5 / 2 ** (checkBits(bitsW, where) - 1);
  const found = `${where}: the limit is ${show(limit)}.`;
  if (typeof limit !== 'number' || !(limit > 0) || limit === Infinity) {
    throw new ValueError('BAD_LIMIT', found, 'A limit must be a positive finite number.');
  }
  const weightScale = Math.max(2 ** roundHalfEven(Math.log2(widest / limit)), 1);
  if (weightScale === Infinity) {
    throw new ValueError(
      'BAD_LIMIT',
      found,
      `At ${bitsW} bits the scale 2^n for so small a limit is not finite.`,
    );
  }
  return { limit: Math.max(widest, limit), weightScale };
}

/** @throws {NotImplementedError} NOT_IMPLEMENTED */
export function checkWageMode(mode: unknown, name?: string): WageMode {
  const known = WAGE_MODES.find((candidate) => candidate === mode);
  if (known !== undefined) return known;
  const found = `${nameTensor(name)}: wage mode ${show(mode)} is not implemented.`;
  throw new NotImplementedError(
    found,
    `The only mode of wage is ${show(WAGE_MODES[0])}, as upstream; wage_variance_scaling has others.`,
    { parameter: 'mode' },
  );
}

/**
 * Fan-in, limits and scale of a WAGE layer.
 * @param shape   at least 2 dimensions, [out, in, ...]
 * @param bitsW   width of the weights, 1 to 1024
 * @param factor  of the variance; upstream's default is 2, the paper's networks use 1
 * @throws {ValueError} BAD_SHAPE: fewer than 2 dimensions, or fan-in 0 in a tensor that is not
 *   empty by its first dimension (of one that is, the limits are Infinity); BAD_FACTOR; BAD_BITS; BAD_LIMIT; BAD_NAME
 */
export function wageLimits(shape: readonly number[], bitsW: number, factor = 2, name?: string): WageLimits {
  const where = nameTensor(name === undefined ? undefined : checkName(name));
  checkDimensions(shape, name);
  if (shape.length < 2) {
    const found = `${where}: shape ${show(shape)} has ${shape.length} dimension${shape.length === 1 ? '' : 's'}.`;
    throw new ValueError('BAD_SHAPE', found, 'WAGE needs at least 2, [out, in, ...], to have a fan-in.');
  }
  const fanIn = shape.slice(1).reduce((product, size) => product * size, 1);
  if (fanIn === 0 && shape[0] !== 0) {
    const found = `${where}: shape ${show(shape)} has a fan-in of 0.`;
    const remedy = 'The limit divides by it: every dimension after the first must be at least 1.';
    throw new ValueError('BAD_SHAPE', found, remedy);
  }
  checkPositive(factor, 'factor', name, 'BAD_FACTOR');
  const floatLimit = Math.sqrt((3 * factor) / fanIn);
  if (fanIn === 0) {
    // Empty by its first dimension as well: nothing is drawn, and an infinite limit has the scale 1.
    checkBits(bitsW, where);
    return { fanIn, floatLimit, limit: floatLimit, weightScale: 1 };
  }
  return { fanIn, floatLimit, ...scaleLimitOf(floatLimit, bitsW, where) };
}

/** Widens a normal truncated at +-2 so that its standard deviation is about the one asked for: 1 / 0.8796^2 is 1.29. */
const TRUNCATION_FACTOR = 1.3;

export interface WageVarianceLimits extends ScaledLimit {
  readonly fans: ChosenFans;
}

/**
 * Limits and scale by the WAGE authors' own initialiser: `limit` is half the width of the uniform, sqrt(3 factor / fan), or the standard
 * deviation before truncation, sqrt(1.3 factor / fan), and the scale limit treats both alike.
 *
 * Source: source/myInitializer.py of https://github.com/boluoweifenda/WAGE at 2f03f45.
 * @throws {ValueError} BAD_SHAPE, BAD_FACTOR, BAD_BITS, BAD_LIMIT
 */
export function wageVarianceLimits(
  shape: readonly number[],
  init: Omit<WageVarianceScaling, 'kind'>,
  name?: string,
): WageVarianceLimits {
  const { bits, factor, mode, distribution } = init;
  checkOneOf(init.layout, LAYOUTS, 'layout', name);
  const fans = resolveFans(init, checkOneOf(mode, FAN_MODES, 'mode', name), shape, name);
  const fan = chooseFan(fans, mode);
  checkPositive(factor, 'factor', name, 'BAD_FACTOR');
  checkBits(bits, nameTensor(name));
  if (countElements(shape) === 0) return { fans, limit: Infinity, weightScale: 1 };
  const width = distribution === 'uniform' ? 3 : TRUNCATION_FACTOR;
  return { fans, ...scaleLimitOf(Math.sqrt((width * factor) / fan), bits, nameTensor(name)) };
}
