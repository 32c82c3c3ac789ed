/**
 * Resolves the kinds whose values follow from the index: eye, dirac, values, arange, stft. They take no words.
 *
 * Sources: torch.nn.init.eye_ and dirac_ (torch/nn/init.py); the gain of an identity is Keras's
 * (keras/src/initializers/constant_initializers.py).
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { nameTensor, show } from '../../base/wording.js';
import { arangeOf, countAt, type Arange } from '../patterns/arange.js';
import type { ValueMap } from '../arithmetic/value-map.js';
import { isWhole } from '../patterns/element-of.js';
import { MOST_VALUES } from '../patterns/literal.js';
import type { Pattern } from '../patterns/pattern.js';
import { dirac, eye } from '../patterns/spots.js';
import { DTYPES, isOf } from '../tensors/dtypes.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { checkMapOf, readMap } from './mapped-values.js';
import { checkHeld } from './ranges.js';
import { checkComputed, holdElement } from './held-element.js';
import type { Init } from './init.js';

export const PATTERN_KINDS = ['eye', 'identity', 'dirac', 'values', 'arange', 'stft'] as const;

export type PatternInit = Extract<Init, { kind: (typeof PATTERN_KINDS)[number] }>;
type InitOf<Kind extends PatternInit['kind']> = Extract<PatternInit, { kind: Kind }>;

export const isPatternInit = (init: Init): init is PatternInit =>
  PATTERN_KINDS.some((kind) => kind === init.kind);

/**
 * @throws {ValueError} BAD_SHAPE: not the dimensions that the kind has, or not as many elements as values; BAD_RANGE: a number that the dtype
 *   cannot hold; BAD_DTYPE
 */
export function resolvePattern(init: PatternInit, form: TensorForm): Pattern {
  switch (init.kind) {
    case 'eye':
    case 'identity':
      return resolveEye(init, form);
    case 'dirac':
      return resolveDirac(init, form);
    case 'values':
      return resolveValues(init, form);
    case 'arange':
      return resolveArange(init, form);
    case 'stft':
      return resolveStft(init, form);
  }
}

/** @param dimensions  how many there may be, in words */
export function refuseShape({ shape, name }: TensorForm, dimensions: string): ValueError {
  const found = `${nameTensor(name)}: shape ${show(shape)} has ${shape.length} dimension${shape.length === 1 ? '' : 's'}.`;
  return new ValueError('BAD_SHAPE', found, dimensions);
}

function resolveEye({ kind, gain }: InitOf<'eye' | 'identity'>, form: TensorForm): Pattern {
  const [rows, columns, ...more] = form.shape;
  if (rows === undefined || columns === undefined || more.length > 0)
    throw refuseShape(form, `${kind} is a matrix: it has 2.`);
  return eye(rows, columns, holdElement(gain, 'gain', form));
}

function resolveDirac({ groups }: InitOf<'dirac'>, form: TensorForm): Pattern {
  const { shape, name } = form;
  if (shape.length < 3 || shape.length > 5)
    throw refuseShape(form, 'dirac has 3 to 5, [out, in, ...spatial].');
  holdElement(1, 'value', form);
  const [outputs = 0] = shape;
  if (Number.isInteger(groups) && groups >= 1 && outputs % groups === 0) return dirac(shape, groups);
  const remedy = `The groups are a whole number from 1 that divides the first dimension, ${outputs}.`;
  throw badParameter('BAD_RANGE', 'groups', groups, name, remedy);
}

function resolveValues({ values }: InitOf<'values'>, form: TensorForm): Pattern {
  if (values.length > MOST_VALUES) {
    const found = `${nameTensor(form.name)}: there are ${values.length} values.`;
    throw new ValueError('BAD_RANGE', found, `There may be ${MOST_VALUES}: keep larger tensors in a file.`);
  }
  const count = countElements(form.shape);
  if (values.length !== count) {
    const found = `${nameTensor(form.name)}: there are ${values.length} values for ${count} elements of shape ${show(form.shape)}.`;
    throw new ValueError(
      'BAD_SHAPE',
      found,
      'Write as many values as there are elements, in row-major order.',
    );
  }
  return { kind: 'literal', values: values.map((value, i) => holdElement(value, `values[${i}]`, form)) };
}

function resolveStft({ kind, ...stft }: InitOf<'stft'>, form: TensorForm): Pattern {
  const [frame = 0, channels, bands = 0, ...more] = form.shape;
  if (channels === undefined || form.shape.length < 3 || more.length > 0)
    throw refuseShape(form, 'stft has 3, [frame, 1, bands].');
  checkComputed(form);
  if (isOf(form.dtype, 'integer', 'boolean')) {
    const found = `${nameTensor(form.name)}: dtype is ${show(form.dtype)}.`;
    throw new ValueError('BAD_DTYPE', found, 'The filters of a Fourier transform are not whole numbers.');
  }
  if (channels === 1 && frame >= 1 && bands >= 2) return { kind, ...stft, frame, bands };
  const found = `${nameTensor(form.name)}: shape is ${show(form.shape)}.`;
  throw new ValueError('BAD_SHAPE', found, 'stft has one channel and at least 2 bands: [frame, 1, bands].');
}

function resolveArange(init: InitOf<'arange'>, form: TensorForm): Pattern {
  const { start, step, repeat, axis } = init;
  const { shape, name } = form;
  const given = { start: checkFinite(start, 'start', name) + 0, step: checkFinite(step, 'step', name) };
  if (!Number.isSafeInteger(repeat) || repeat < 1)
    throw badParameter('BAD_RANGE', 'repeat', repeat, name, 'repeat is a whole number from 1.');
  const map = readMap(init, name);
  const arange = arangeOf({ ...given, repeat, ...(map && { map }) }, shape, checkAxis(axis, form));
  if (map === undefined) checkCounts(arange, form);
  else checkMapOfCounts(arange, map, form);
  return arange;
}

/** From 0; the last dimension is -1 too. */
function checkAxis(axis: number | undefined, { shape, name }: TensorForm): number | undefined {
  if (axis === undefined) return undefined;
  if (Number.isInteger(axis) && axis >= -shape.length && axis < shape.length)
    return axis < 0 ? axis + shape.length : axis;
  const remedy = `The shape ${show(shape)} has dimensions 0 to ${shape.length - 1}, or -1 for the last: leave axis out to count elements.`;
  throw badParameter('BAD_RANGE', 'axis', axis, name, shape.length === 0 ? 'A scalar has none.' : remedy);
}

/** The map of numbers, which lie between the first and the last. */
function checkMapOfCounts(arange: Arange, map: ValueMap, form: TensorForm): void {
  const { dtype, name } = form;
  checkComputed(form);
  if (isOf(dtype, 'integer', 'boolean')) {
    const found = `${nameTensor(name)}: dtype is ${show(dtype)}, and the map is ${show(map.kind)}.`;
    throw new ValueError('BAD_DTYPE', found, 'A map gives floating-point numbers: choose a dtype of them.');
  }
  const { start, length } = arange;
  const last = countAt(arange, Math.max(length - 1, 0));
  checkMapOf(map, [Math.min(start, last), Math.max(start, last)], form);
}

/** All lie between the first and the last; they are exact if the first two are whole, and so is the way from the first to the last. */
function checkCounts(arange: Arange, form: TensorForm): void {
  const { start, step, repeat, length } = arange;
  checkComputed(form);
  const last = countAt(arange, Math.max(length - 1, 0));
  if (!isOf(form.dtype, 'integer', 'boolean')) {
    checkHeld(start, 'start', form.dtype, form.name);
    if (Math.abs(last) <= DTYPES[form.dtype].largest) return;
  } else {
    holdElement(start, 'start', form);
    if (length <= repeat || (Number.isSafeInteger(step) && isHeld(last, form) && isExact(last - start)))
      return;
  }
  const found = `${nameTensor(form.name)}: start is ${start}, step is ${step}, and the last value is ${last}.`;
  throw new ValueError('BAD_RANGE', found, `Choose a dtype that holds all values: this is ${form.dtype}.`, {
    parameter: 'step',
  });
}

const isExact = (distance: number): boolean => Number.isSafeInteger(distance);
const isHeld = (value: number, { dtype }: TensorForm): boolean =>
  Number.isSafeInteger(value) && isWhole(dtype, value);
