/**
 * Resolves delta_orthogonal: convolutions [...spatial, in, out] whose kernel is an orthogonal matrix in its middle and 0 elsewhere.
 *
 * Source: jax.nn.initializers.delta_orthogonal; Xiao et al., "Dynamical Isometry and a Mean Field Theory of CNNs", ICML 2018,
 * https://arxiv.org/abs/1806.05393, algorithm 1.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { resolveConstant } from './resolve-constant.js';
import { resolveOrthogonal } from './resolve-orthogonal.js';
import { refuseShape } from './resolve-pattern.js';
import type { ResolvedDraw } from './resolved-draw.js';

/**
 * @param first  the element of the tensor that the form's shape begins with
 * @throws {ValueError} BAD_SHAPE: not 3 to 5 dimensions, or more inputs than outputs; and as resolveOrthogonal
 */
export function resolveDelta(gain: number, form: TensorForm, first: number): ResolvedDraw {
  const { shape, name } = form;
  if (shape.length < 3 || shape.length > 5)
    throw refuseShape(form, 'delta_orthogonal has 3 to 5, [...spatial, in, out].');
  const [inputs = 0, outputs = 0] = shape.slice(-2);
  if (inputs > outputs) {
    const found = `${nameTensor(name)}: shape ${show(shape)} has ${inputs} inputs and ${outputs} outputs.`;
    throw new ValueError(
      'BAD_SHAPE',
      found,
      'delta_orthogonal reads [...spatial, in, out] and needs in <= out.',
    );
  }
  const spatial = shape.slice(0, -2);
  const middle = spatial.reduce((index, k) => index * k + Math.floor((k - 1) / 2), 0);
  const size = inputs * outputs;
  const begin = first + middle * size;
  const init = { kind: 'orthogonal', gain, layout: 'torch' } as const;
  const of = resolveOrthogonal(init, { ...form, shape: [inputs, outputs] }, begin);
  const zeros = resolveConstant(0, form);
  if (countElements(shape) === 0) return zeros;
  const pieces = [
    { end: begin, of: zeros },
    { end: begin + size, of },
    { end: first + countElements(shape), of: zeros },
  ];
  return { kind: 'pieces', pieces: pieces.filter(({ end }, i) => end > (pieces[i - 1]?.end ?? first)) };
}
