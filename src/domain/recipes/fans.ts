/**
 * Fans: how many inputs reach one output, and how many outputs one input reaches, by the convention of the framework that the shape
 * follows.
 *
 * Sources: PyTorch, torch/nn/init.py, _calculate_fan_in_and_fan_out (https://docs.pytorch.org/docs/stable/nn.init.html);
 * Keras, compute_fans in keras/src/initializers/random_initializers.py (https://keras.io/api/layers/initializers/).
 * The geometric mean is JAX's (fan_geo_avg in jax.nn.initializers.variance_scaling).
 * Neither considers groups or transposition: the fans of grouped and transposed convolutions follow from the shape alone.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';

export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The axes of inputs and outputs: torch's [out, in, ...spatial], Keras's and JAX's [...spatial, in, out]. */
export const LAYOUTS = ['torch', 'keras'] as const;
export type ShapeLayout = (typeof LAYOUTS)[number];

export const FAN_MODES = ['fan_in', 'fan_out', 'fan_avg', 'fan_geo_avg'] as const;
export type FanMode = (typeof FAN_MODES)[number];

/** Whether a shape has fans; Keras gives one dimension the fans of its size. */
export const hasFans = (shape: readonly number[], layout: ShapeLayout): boolean =>
  shape.length >= (layout === 'keras' ? 1 : 2);

const product = (sizes: readonly number[]): number => sizes.reduce((result, size) => result * size, 1);

/**
 * @param shape  at least 2 dimensions; Keras allows 1, and then both fans are its size
 * @throws {ValueError} BAD_SHAPE
 */
export function computeFans(shape: readonly number[], layout: ShapeLayout, name?: string): Fans {
  const [first = 1, second = 1] = shape;
  if (layout === 'keras' && shape.length === 1) return { fanIn: first, fanOut: first };
  if (!hasFans(shape, layout)) {
    const found = `${nameTensor(name)}: shape ${show(shape)} has ${shape.length} dimension${shape.length === 1 ? '' : 's'}.`;
    const least = layout === 'keras' ? '1 in the Keras layout' : '2';
    throw new ValueError('BAD_SHAPE', found, `Fan-in and fan-out need at least ${least}.`);
  }
  if (layout === 'torch') {
    const receptive = product(shape.slice(2));
    return { fanIn: second * receptive, fanOut: first * receptive };
  }
  const receptive = product(shape.slice(0, -2));
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  return { fanIn: inputs * receptive, fanOut: outputs * receptive };
}

/** @param fans  those that the mode needs, or more */
export function chooseFan({ fanIn = NaN, fanOut = NaN }: Partial<Fans>, mode: FanMode): number {
  switch (mode) {
    case 'fan_in':
      return fanIn;
    case 'fan_out':
      return fanOut;
    case 'fan_avg':
      return (fanIn + fanOut) / 2;
    case 'fan_geo_avg':
      return Math.sqrt(fanIn * fanOut);
  }
}
