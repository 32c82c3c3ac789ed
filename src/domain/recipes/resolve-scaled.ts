/**
 * Scaled numbers as doubles: of × by^power.
 * @module
 */
import { portablePower } from '../arithmetic/powers.js';
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { computeFans } from './fans.js';
import type { ScaleBase, ScaledNumber } from './scaled-number.js';

/** What an initialiser may depend on besides its numbers. Captures and other tensors are a spec's. */
export interface InitContext {
  readonly shape: readonly number[];
  readonly name?: string | undefined;
  /**
   * The text of a group of the pattern that matched the name, from 1.
   * @throws {ValueError} no such group
   */
  readonly captureOf?: ((group: number) => string) | undefined;
  /**
   * The shape of a tensor by its name, in which `$1` stands for a capture.
   * @throws {ValueError} no such tensor
   */
  readonly shapeOf?: ((reference: string) => readonly number[]) | undefined;
}

/**
 * @param value  checked
 * @param key    the parameter: `std`
 * @throws {ValueError} BAD_SHAPE: a dimension or a fan-in that the shape does not have; BAD_RANGE: a result that is not finite;
 *   BAD_OPTION: a capture or another tensor that there is not
 */
export function resolveScaled(value: ScaledNumber, key: string, context: InitContext): number {
  const of = typeof value.of === 'number' ? value.of : resolveScaled(value.of, `${key}.of`, context);
  const base = resolveBase(value.by, `${key}.by`, context);
  const power = base < 0 ? NaN : portablePower(base, Math.abs(value.power));
  const result = value.power < 0 ? of / power : of * power;
  if (Number.isFinite(result)) return result;
  const found = `${nameTensor(context.name)}: ${key} is ${of} * ${base}^${value.power}.`;
  const remedy =
    base > 0 ? 'Choose smaller numbers.' : 'Scale by a number above 0: "plus": 1 where layers count from 0.';
  throw new ValueError('BAD_RANGE', found, remedy, { parameter: key });
}

/** (dimension, capture or fan-in + plus) × times. */
function resolveBase(base: ScaleBase, key: string, context: InitContext): number {
  if (typeof base === 'number') return base;
  return (measure(base, key, context) + (base.plus ?? 0)) * (base.times ?? 1);
}

function measure(base: Exclude<ScaleBase, number>, key: string, context: InitContext): number {
  if ('dim' in base) return dimensionOf(base.dim, `${key}.dim`, context);
  if ('capture' in base) return capturedNumber(base.capture, `${key}.capture`, context);
  const shape = namedShape(base.fan_of, `${key}.fan_of`, context);
  return computeFans(shape, 'torch', base.fan_of).fanIn;
}

function dimensionOf(dim: number, key: string, { shape, name }: InitContext): number {
  const size = shape.at(dim);
  if (size !== undefined) return size;
  const found = `${nameTensor(name)}: ${key} is ${dim}, and the shape is ${show(shape)}.`;
  throw new ValueError('BAD_SHAPE', found, 'Choose one of its dimensions: 0 is the first, -1 the last.', {
    parameter: key,
  });
}

/** Layers have fewer digits; more would be rounded. */
const NUMBER = /^\d{1,15}$/;

function capturedNumber(group: number, key: string, { name, captureOf }: InitContext): number {
  if (captureOf === undefined) throw refuseOutside(key, name);
  const text = locate(key, () => captureOf(group));
  if (NUMBER.test(text)) return Number(text);
  const found = `${nameTensor(name)}: ${key} is ${group}, which captures ${show(text)}.`;
  throw new ValueError(
    'BAD_OPTION',
    found,
    'Capture a whole number, as in "re:layers\\\\.(\\\\d+)\\\\..*".',
    {
      parameter: key,
    },
  );
}

/** The shape of a tensor that an initialiser names. */
export function namedShape(
  reference: string,
  key: string,
  { name, shapeOf }: InitContext,
): readonly number[] {
  if (shapeOf === undefined) throw refuseOutside(key, name);
  return locate(key, () => shapeOf(reference));
}

/** Adds the parameter to an error. */
function locate<T>(parameter: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(error.code, error.found, error.remedy, { cause: error, parameter });
  }
}

function refuseOutside(parameter: string, name: string | undefined): ValueError {
  const found = `${nameTensor(name)}: ${parameter} depends on a spec, and there is none.`;
  return new ValueError('BAD_OPTION', found, 'Pass a number, or a dimension: { dim: 1 }.', { parameter });
}
